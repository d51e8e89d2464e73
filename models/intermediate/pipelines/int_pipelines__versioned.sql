{{ config(materialized='table') }}

with

pipelines as (

    select * from {{ ref('int_pipelines__resolved') }}

),

airflow_dags as (

    select
        *,
        'airflow' as platform
    from {{ ref('int_airflow_dags__versioned') }}

),

dbt_projects as (

    select * from {{ ref('int_dbt_projects__configured') }}

),

final as (

    select
        cast(pipelines.pipeline_key as uuid) as pipeline_key,
        cast(pipelines.platform as text) as platform,
        cast(pipelines.platform_instance as text) as platform_instance,
        cast(pipelines.pipeline_name as text) as pipeline_name,
        cast(pipelines.source_name as text) as source_name,
        cast(pipelines.seen_by as text) as seen_by,
        cast(coalesce(airflow_dags.valid_from, cast('1900-01-01' as timestamp)) as timestamp) as valid_from,
        cast(coalesce(airflow_dags.valid_to, cast('9999-12-31' as timestamp)) as timestamp) as valid_to,
        cast(coalesce(airflow_dags.is_current, true) as boolean) as is_current,
        cast(coalesce(airflow_dags.owner, dbt_projects.owner_name, pipelines.lineage_owners) as text) as owner,
        cast(
            coalesce(airflow_dags.owners, dbt_projects.owner_name, pipelines.lineage_owners) as text
        ) as reported_owner,
        cast(airflow_dags.description as text) as description,
        cast(airflow_dags.tags as text) as tags,
        cast(airflow_dags.schedule_kind as text) as schedule_kind,
        cast(airflow_dags.schedule_expression as text) as schedule_expression,
        cast(airflow_dags.is_paused as boolean) as is_paused,
        cast(airflow_dags.is_active as boolean) as is_active,
        cast(airflow_dags.has_on_failure_callback as boolean) as has_failure_callback,
        cast(airflow_dags.has_deadline as boolean) as has_deadline,
        cast(airflow_dags.task_count as integer) as task_count,
        cast(airflow_dags.tasks_without_alerting_count as integer) as task_count_without_failure_alerting,
        cast(airflow_dags.tasks_without_alerting as text) as tasks_without_failure_alerting,
        cast(airflow_dags.file_location as text) as file_location,
        cast(pipelines.processing_type as text) as processing_type,
        cast(airflow_dags.dag_id is null and dbt_projects.pipeline_name is null as boolean) as is_inferred
    from pipelines
    left join airflow_dags
        on
            pipelines.platform = airflow_dags.platform
            and pipelines.platform_instance = airflow_dags.source_name
            and pipelines.pipeline_name = airflow_dags.dag_id
    left join dbt_projects
        on
            pipelines.platform = dbt_projects.platform
            and pipelines.platform_instance = dbt_projects.source_name
            and pipelines.pipeline_name = dbt_projects.pipeline_name

)

select * from final
