with

places as (

    select distinct located_in
    from {{ ref('fct_finding_episodes') }}
    where status <> 'closed'

),

enclosures as (

    select * from {{ ref('bridge_pipeline_enclosures') }}

),

-- What a pipeline writes itself does not come before it.
inputs as (

    select
        dataset_key as located_in,
        dataset_key,
        0 as depth
    from {{ ref('dim_datasets_current') }}
    where not is_unknown
    union all
    select
        pipeline_key as located_in,
        dataset_key,
        1 as depth
    from {{ ref('bridge_pipeline_datasets') }}
    where last_read_at is not null and last_written_at is null
    union all
    select distinct
        contract_key as located_in,
        dataset_key,
        0 as depth
    from {{ ref('fct_contract_violations') }}
    where ended_at is null and dataset_key <> {{ unknown_key() }}

),

ways as (

    select
        located_in as cause_in,
        located_in as effect_in,
        0 as depth
    from places
    union all
    -- What runs inside a pipeline fails with it, and the other way round.
    select
        enclosures.inner_pipeline_key as cause_in,
        enclosures.outer_pipeline_key as effect_in,
        0 as depth
    from enclosures
    inner join places on enclosures.outer_pipeline_key = places.located_in
    union all
    select
        enclosures.outer_pipeline_key as cause_in,
        enclosures.inner_pipeline_key as effect_in,
        0 as depth
    from enclosures
    inner join places on enclosures.inner_pipeline_key = places.located_in
    union all
    select
        outputs.located_in as cause_in,
        inputs.located_in as effect_in,
        outputs.depth + inputs.depth as depth
    from {{ ref('bridge_finding_datasets') }} as outputs
    inner join inputs on outputs.dataset_key = inputs.dataset_key
    inner join places on inputs.located_in = places.located_in

),

final as (

    select
        {{ surrogate_key(['cause_in', 'effect_in']) }} as finding_place_key,
        cast(cause_in as uuid) as cause_in,
        cast(effect_in as uuid) as effect_in,
        cast(min(depth) as integer) as depth
    from ways
    group by cause_in, effect_in

)

select * from final
