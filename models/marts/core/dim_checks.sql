with

checks as (

    select * from {{ ref('int_checks__resolved') }}

),

pipelines as (

    select * from {{ ref('dim_pipelines_current') }}
    where is_retired is not true

),

datasets as (

    select * from {{ ref('dim_datasets_current') }}
    where is_retired is not true

),

members as (

    select
        checks.check_key,
        checks.platform,
        checks.source_name,
        checks.check_id,
        case
            when checks.platform = 'dbt' then checks.check_id
            else coalesce(datasets.subject_name || ' ', '') || checks.check_id
        end as subject_name,
        checks.check_name,
        checks.check_type,
        coalesce(pipelines.pipeline_key, {{ unknown_key() }}) as pipeline_key,
        coalesce(datasets.dataset_key, {{ unknown_key() }}) as dataset_key,
        checks.column_name,
        checks.severity,
        checks.is_enabled,
        checks.is_defined,
        checks.first_defined_at,
        checks.last_defined_at,
        coalesce(
            nullif(datasets.team_key, {{ unknown_key() }}), pipelines.team_key, {{ unknown_key() }}
        ) as team_key,
        false as is_unknown
    from checks
    left join pipelines on checks.pipeline_key = pipelines.pipeline_key
    left join datasets on checks.dataset_key = datasets.dataset_key
    union all
    select
        {{ unknown_key() }} as check_key,
        cast(null as text) as platform,
        cast(null as text) as source_name,
        'unknown' as check_id,
        'unknown' as subject_name,
        'unknown' as check_name,
        cast(null as text) as check_type,
        {{ unknown_key() }} as pipeline_key,
        {{ unknown_key() }} as dataset_key,
        cast(null as text) as column_name,
        cast(null as text) as severity,
        cast(null as boolean) as is_enabled,
        cast(null as boolean) as is_defined,
        cast(null as timestamp) as first_defined_at,
        cast(null as timestamp) as last_defined_at,
        {{ unknown_key() }} as team_key,
        true as is_unknown

),

final as (

    select
        cast(check_key as uuid) as check_key,
        cast(platform as text) as platform,
        cast(source_name as text) as source_name,
        cast(check_id as text) as check_id,
        cast(subject_name as text) as subject_name,
        cast(check_name as text) as check_name,
        cast(check_type as text) as check_type,
        cast(pipeline_key as uuid) as pipeline_key,
        cast(dataset_key as uuid) as dataset_key,
        cast(column_name as text) as column_name,
        cast(severity as text) as severity,
        cast(is_enabled as boolean) as is_enabled,
        cast(is_defined as boolean) as is_defined,
        cast(first_defined_at as timestamp) as first_defined_at,
        cast(last_defined_at as timestamp) as last_defined_at,
        cast(team_key as uuid) as team_key,
        cast(is_unknown as boolean) as is_unknown,
        cast(false as boolean) as is_retired
    from members

)

select * from final
