with

pipeline_runs as (

    select
        *,
        coalesce(started_at, scheduled_at, queued_at, last_seen_at) as run_at
    from {{ ref('fct_pipeline_runs') }}

),

task_attempts as (

    select * from {{ ref('fct_task_attempts') }}

),

activity as (

    select * from {{ ref('fct_pipeline_activity') }}

),

-- Runs name the try that started them, or lie inside of one again and again.
parents as (

    select
        pipeline_run_key,
        parent_task_attempt_key as task_attempt_key,
        false as is_inferred
    from pipeline_runs
    where parent_task_attempt_key <> {{ unknown_key() }}
    union all
    select
        pipeline_run_key,
        task_attempt_key,
        true as is_inferred
    from {{ ref('bridge_shell_runs') }}

),

enclosed_runs as (

    select
        pipeline_runs.pipeline_key as inner_pipeline_key,
        task_attempts.pipeline_key as outer_pipeline_key,
        pipeline_runs.run_at,
        parents.is_inferred
    from pipeline_runs
    inner join parents on pipeline_runs.pipeline_run_key = parents.pipeline_run_key
    inner join task_attempts on parents.task_attempt_key = task_attempts.task_attempt_key
    where pipeline_runs.pipeline_key <> task_attempts.pipeline_key

),

final as (

    select
        cast(enclosed_runs.inner_pipeline_key as uuid) as inner_pipeline_key,
        cast(enclosed_runs.outer_pipeline_key as uuid) as outer_pipeline_key,
        cast(count(*) as bigint) as run_count,
        cast(max(enclosed_runs.run_at) as timestamp) as last_run_at,
        cast({{ seconds_between('max(enclosed_runs.run_at)', 'max(activity.as_of_at)') }} / 86400 as double precision)
            as days_since_last_run,
        cast(bool_and(enclosed_runs.is_inferred) as boolean) as is_inferred
    from enclosed_runs
    inner join activity on enclosed_runs.inner_pipeline_key = activity.pipeline_key
    where enclosed_runs.run_at <= activity.as_of_at
    group by 1, 2

)

select * from final
