{{ config(materialized='incremental', incremental_strategy='rebuild_touched_runs') }}

with

pipeline_runs as (

    select * from {{ ref('int_pipeline_runs__resolved') }}
    where parent_run_id_openlineage is not null and {{ is_touched() }}

),

openlineage_runs as (

    select * from {{ ref('int_openlineage_runs__identified') }}

),

task_attempts as (

    select * from {{ ref('int_task_attempts__resolved') }}

),

parents as (

    select
        pipeline_runs.pipeline_run_key,
        min(cast(task_attempts.task_attempt_key as text)) as parent_task_attempt_key
    from pipeline_runs
    inner join openlineage_runs on pipeline_runs.parent_run_id_openlineage = openlineage_runs.openlineage_run_id
    inner join task_attempts
        on
            openlineage_runs.platform = task_attempts.platform
            and openlineage_runs.platform_instance = task_attempts.platform_instance
            and openlineage_runs.pipeline_name = task_attempts.pipeline_name
            and openlineage_runs.run_id = task_attempts.run_id
            and openlineage_runs.task_name = task_attempts.task_name
            and openlineage_runs.attempt_id = task_attempts.attempt_id
    group by 1

),

final as (

    select
        cast(pipeline_run_key as uuid) as pipeline_run_key,
        cast(parent_task_attempt_key as uuid) as parent_task_attempt_key
    from parents

)

select * from final
