with

uses as (

    select * from {{ ref('bridge_pipeline_datasets') }}

),

enclosures as (

    select * from {{ ref('bridge_pipeline_enclosures') }}

),

told as (

    select distinct told_of from {{ ref('bridge_tellings') }}

),

made_from as (

    select
        dataset_key,
        dataset_key as source_key,
        true as is_own
    from {{ ref('dim_datasets_current') }}
    where not is_unknown
    union all
    select
        downstream_dataset_key as dataset_key,
        upstream_dataset_key as source_key,
        false as is_own
    from {{ ref('bridge_lineage') }}

),

-- What a pipeline writes is its own; what that is made from, and what it reads, may explain it.
needs as (

    select
        uses.pipeline_key as subject_key,
        made_from.source_key as dataset_key,
        made_from.is_own and uses.last_written_at is not null as is_own
    from uses
    inner join made_from on uses.dataset_key = made_from.dataset_key
    union all
    select
        dataset_key as subject_key,
        source_key as dataset_key,
        is_own
    from made_from

),

explained as (

    select
        told_of as subject_key,
        told_of,
        true as is_own
    from told
    union all
    -- A failure of what runs inside a pipeline is one of the pipeline, and the other way round.
    select
        inner_pipeline_key as subject_key,
        outer_pipeline_key as told_of,
        true as is_own
    from enclosures
    union all
    select
        outer_pipeline_key as subject_key,
        inner_pipeline_key as told_of,
        true as is_own
    from enclosures
    union all
    select
        subject_key,
        dataset_key as told_of,
        is_own
    from needs
    union all
    select
        needs.subject_key,
        uses.pipeline_key as told_of,
        needs.is_own
    from needs
    inner join uses on needs.dataset_key = uses.dataset_key
    where uses.last_written_at is not null

),

final as (

    select
        {{ surrogate_key(['explained.subject_key', 'explained.told_of']) }} as explanation_key,
        cast(explained.subject_key as uuid) as subject_key,
        cast(explained.told_of as uuid) as told_of,
        cast(bool_or(explained.is_own) as boolean) as is_own
    from explained
    inner join told on explained.told_of = told.told_of
    group by explained.subject_key, explained.told_of

)

select * from final
