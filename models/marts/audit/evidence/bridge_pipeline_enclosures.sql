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

enclosed_runs as (

    select
        pipeline_runs.pipeline_key as inner_pipeline_key,
        task_attempts.pipeline_key as outer_pipeline_key,
        pipeline_runs.run_at
    from pipeline_runs
    inner join task_attempts on pipeline_runs.parent_task_attempt_key = task_attempts.task_attempt_key
    where pipeline_runs.pipeline_key <> task_attempts.pipeline_key

),

final as (

    select
        cast(enclosed_runs.inner_pipeline_key as uuid) as inner_pipeline_key,
        cast(enclosed_runs.outer_pipeline_key as uuid) as outer_pipeline_key,
        cast(count(*) as bigint) as run_count,
        cast(max(enclosed_runs.run_at) as timestamp) as last_run_at,
        cast({{ seconds_between('max(enclosed_runs.run_at)', 'max(activity.as_of_at)') }} / 86400 as double precision)
            as days_since_last_run
    from enclosed_runs
    inner join activity on enclosed_runs.inner_pipeline_key = activity.pipeline_key
    where enclosed_runs.run_at <= activity.as_of_at
    group by 1, 2

)

select * from final
