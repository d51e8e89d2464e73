with

places as (

    select distinct located_in
    from {{ ref('fct_finding_episodes') }}
    where status <> 'closed'

),

-- A pipeline comes before what it writes; of the datasets of a contract none does.
own as (

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
    where last_written_at is not null
    union all
    select distinct
        contract_key as located_in,
        dataset_key,
        0 as depth
    from {{ ref('dim_contract_clauses_current') }}
    where is_in_force and dataset_key <> {{ unknown_key() }}

),

located as (

    select own.*
    from own
    inner join places on own.located_in = places.located_in

),

reached as (

    select * from located
    union all
    select
        located.located_in,
        lineage.downstream_dataset_key as dataset_key,
        located.depth + lineage.depth as depth
    from located
    inner join {{ ref('bridge_lineage') }} as lineage on located.dataset_key = lineage.upstream_dataset_key

),

final as (

    select
        {{ surrogate_key(['located_in', 'dataset_key']) }} as finding_dataset_key,
        cast(located_in as uuid) as located_in,
        cast(dataset_key as uuid) as dataset_key,
        cast(min(depth) as integer) as depth
    from reached
    group by located_in, dataset_key

)

select * from final
