{{ config(materialized='incremental', incremental_strategy='rebuild_touched_runs') }}

with

task_attempts as (

    select * from {{ ref('int_task_attempts__resolved') }}
    where {{ is_touched() }}

),

openlineage_runs as (

    select * from {{ ref('int_openlineage_runs__identified') }}

),

parented_runs as (

    select * from {{ ref('int_pipeline_runs__parented') }}

),

-- A job that an attempt of the same pipeline started, as Spark's jobs are by an Airflow task.
started_by_attempt as (

    select
        task_attempts.task_attempt_key,
        min(cast(parents.task_attempt_key as text)) as parent_task_attempt_key
    from task_attempts
    inner join openlineage_runs on task_attempts.openlineage_run_id = openlineage_runs.openlineage_run_id
    inner join {{ ref('int_task_attempts__resolved') }} as parents
        on openlineage_runs.parent_openlineage_run_id = parents.openlineage_run_id
    where task_attempts.task_attempt_key <> parents.task_attempt_key
    group by 1

),

final as (

    select
        cast(task_attempts.task_attempt_key as uuid) as task_attempt_key,
        cast(task_attempts.pipeline_run_key as uuid) as pipeline_run_key,
        cast(
            coalesce(
                cast(started_by_attempt.parent_task_attempt_key as uuid), parented_runs.parent_task_attempt_key
            ) as uuid
        ) as parent_task_attempt_key
    from task_attempts
    left join started_by_attempt on task_attempts.task_attempt_key = started_by_attempt.task_attempt_key
    left join parented_runs on task_attempts.pipeline_run_key = parented_runs.pipeline_run_key
    where
        started_by_attempt.parent_task_attempt_key is not null
        or parented_runs.parent_task_attempt_key is not null

)

select * from final
