{{ config(materialized='table') }}

with

task_attempts as (

    select * from {{ ref('int_task_attempts__resolved') }}

),

airflow_tasks as (

    select
        *,
        'airflow' as platform
    from {{ ref('int_airflow_tasks__versioned') }}

),

dbt_nodes as (

    select
        *,
        'dbt' as platform
    from {{ ref('int_dbt_nodes__current') }}
    where resource_type in ('model', 'seed', 'snapshot')

),

sightings as (

    select
        platform,
        platform_instance,
        pipeline_name,
        task_name,
        min(source_name) as source_name,
        max(operator) as operator
    from task_attempts
    where task_name is not null
    group by 1, 2, 3, 4
    union all
    select distinct
        'airflow' as platform,
        source_name as platform_instance,
        dag_id as pipeline_name,
        task_id as task_name,
        source_name,
        cast(null as text) as operator
    from airflow_tasks
    union all
    select distinct
        'dbt' as platform,
        source_name as platform_instance,
        project_name as pipeline_name,
        unique_id as task_name,
        source_name,
        resource_type as operator
    from dbt_nodes

),

tasks as (

    select
        platform,
        platform_instance,
        pipeline_name,
        task_name,
        coalesce(min(source_name) filter (where source_name = platform_instance), min(source_name)) as source_name,
        max(operator) as operator
    from sightings
    group by 1, 2, 3, 4

),

final as (

    select
        {{ task_key('tasks') }} as task_key,
        {{ pipeline_key('tasks') }} as pipeline_key,
        cast(tasks.platform as text) as platform,
        cast(tasks.source_name as text) as source_name,
        cast(tasks.pipeline_name as text) as pipeline_name,
        cast(tasks.task_name as text) as task_name,
        cast(
            case
                when tasks.platform = 'dbt' then tasks.task_name
                when tasks.platform = 'openlineage' and tasks.task_name = tasks.pipeline_name then tasks.task_name
                else tasks.pipeline_name || '.' || tasks.task_name
            end as text
        ) as subject_name,
        cast(coalesce(airflow_tasks.valid_from, cast('1900-01-01' as timestamp)) as timestamp) as valid_from,
        cast(coalesce(airflow_tasks.valid_to, cast('9999-12-31' as timestamp)) as timestamp) as valid_to,
        cast(coalesce(airflow_tasks.is_current, true) as boolean) as is_current,
        cast(coalesce(airflow_tasks.operator, tasks.operator) as text) as task_type,
        cast(coalesce(airflow_tasks.owner, dbt_nodes.owner_name) as text) as owner,
        cast(airflow_tasks.retries as integer) as retries,
        cast(airflow_tasks.trigger_rule as text) as trigger_rule,
        airflow_tasks.has_on_failure_callback or airflow_tasks.has_failure_email as has_failure_alerting,
        cast(airflow_tasks.is_sensor as boolean) as is_sensor,
        cast(airflow_tasks.is_reschedule as boolean) as is_reschedule,
        cast(airflow_tasks.is_mapped as boolean) as is_mapped,
        cast(airflow_tasks.task_id is null and dbt_nodes.unique_id is null as boolean) as is_inferred
    from tasks
    left join airflow_tasks
        on
            tasks.platform = airflow_tasks.platform and tasks.platform_instance = airflow_tasks.source_name
            and tasks.pipeline_name = airflow_tasks.dag_id
            and tasks.task_name = airflow_tasks.task_id
    left join dbt_nodes
        on
            tasks.platform = dbt_nodes.platform
            and tasks.platform_instance = dbt_nodes.source_name
            and tasks.pipeline_name = dbt_nodes.project_name
            and tasks.task_name = dbt_nodes.unique_id

)

select * from final
