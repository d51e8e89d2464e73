{{ config(materialized='table') }}

with

pipeline_runs as (

    select * from {{ ref('int_pipeline_runs__resolved') }}

),

airflow_dags as (

    select * from {{ ref('int_airflow_dags__versioned') }}

),

dbt_projects as (

    select * from {{ ref('int_dbt_projects__configured') }}

),

openlineage_runs as (

    select * from {{ ref('int_openlineage_runs__identified') }}

),

sightings as (

    select
        platform,
        platform_instance,
        pipeline_name,
        source_name,
        seen_by,
        processing_type,
        cast(null as text) as owners
    from pipeline_runs
    union all
    select
        'airflow' as platform,
        source_name as platform_instance,
        dag_id as pipeline_name,
        source_name,
        'airflow' as seen_by,
        cast(null as text) as processing_type,
        cast(null as text) as owners
    from airflow_dags
    union all
    select
        'dbt' as platform,
        source_name as platform_instance,
        pipeline_name,
        source_name,
        'dbt' as seen_by,
        cast(null as text) as processing_type,
        cast(null as text) as owners
    from dbt_projects
    union all
    select
        platform,
        platform_instance,
        pipeline_name,
        cast(null as text) as source_name,
        'openlineage' as seen_by,
        cast(null as text) as processing_type,
        max(owners) as owners
    from openlineage_runs
    where
        is_pipeline_run
        and pipeline_name is not null
    group by 1, 2, 3

),

merged as (

    select
        platform,
        platform_instance,
        pipeline_name,
        coalesce(
            min(source_name) filter (where source_name = platform_instance), min(source_name)
        ) as source_name,
        bool_or(seen_by like '%airflow%') as is_seen_by_airflow,
        bool_or(seen_by like '%dbt%') as is_seen_by_dbt,
        bool_or(seen_by like '%openlineage%') as is_seen_by_openlineage,
        max(processing_type) as processing_type,
        max(owners) as lineage_owners
    from sightings
    group by 1, 2, 3

),

final as (

    select
        {{ pipeline_key() }} as pipeline_key,
        cast(platform as text) as platform,
        cast(platform_instance as text) as platform_instance,
        cast(pipeline_name as text) as pipeline_name,
        cast(source_name as text) as source_name,
        cast(
            concat_ws(
                ', ',
                case when is_seen_by_airflow then 'airflow' end,
                case when is_seen_by_dbt then 'dbt' end,
                case when is_seen_by_openlineage then 'openlineage' end
            ) as text
        ) as seen_by,
        cast(processing_type as text) as processing_type,
        cast(lineage_owners as text) as lineage_owners
    from merged

)

select * from final
