{{ config(materialized='table') }}

with

assets as (

    select * from {{ ref('registry_assets') }}

),

pipelines as (

    select * from {{ ref('int_pipelines__resolved') }}

),

datasets as (

    select distinct
        dataset_key,
        canonical_namespace,
        canonical_name
    from {{ ref('int_datasets__resolved') }}

),

subjects as (

    select
        'pipeline' as subject_type,
        pipeline_key as subject_key,
        pipeline_name as subject_name,
        source_name
    from pipelines
    union all
    select
        'dataset' as subject_type,
        dataset_key as subject_key,
        canonical_namespace || '/' || canonical_name as subject_name,
        cast(null as text) as source_name
    from datasets

),

ranked as (

    select
        subjects.subject_type,
        subjects.subject_key,
        assets.tier,
        assets.calendar,
        row_number() over (
            partition by subjects.subject_type, subjects.subject_key
            order by length(assets.subject_pattern) desc, assets.source_name desc, assets.subject_pattern asc
        ) as match_rank
    from subjects
    inner join assets
        on
            subjects.subject_type = assets.subject_type
            and subjects.subject_name like assets.subject_pattern escape '\'
            and (assets.source_name = '*' or subjects.source_name = assets.source_name)

),

final as (

    select
        cast(subject_type as text) as subject_type,
        cast(subject_key as uuid) as subject_key,
        cast(tier as integer) as tier,
        cast(calendar as text) as calendar
    from ranked
    where match_rank = 1

)

select * from final
