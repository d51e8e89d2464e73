{{ config(materialized='incremental', incremental_strategy='rebuild_touched_runs') }}

with

-- How an open run stands also depends on how much time has passed.
rebuilt as (
    {{ rebuilt_runs([open_runs()]) }}
),

rebuilt_runs as (
    select * from {{ ref('int_pipeline_runs__resolved') }}
    where {{ is_rebuilt() }}
),

task_attempts as (
    select * from {{ ref('int_task_attempts__resolved') }}
    where {{ is_rebuilt() }}
),

as_of as (
    select * from {{ ref('int_sources__as_of') }}
),

open_pipelines as (
    select distinct pipeline_key
    from rebuilt_runs
    where coalesce(state, '') not in ('success', 'failed')
),

task_tallies as (
    select
        pipeline_run_key,
        count(*) as attempt_count,
        count(*) filter (where is_final_attempt) as task_count,
        count(*) filter (where is_final_attempt and state = 'success') as succeeded_task_count,
        count(*) filter (where is_final_attempt and state = 'failed') as failed_task_count,
        count(*) filter (where is_final_attempt and state = 'upstream_failed') as upstream_failed_task_count,
        count(*) filter (where is_final_attempt and state = 'skipped') as skipped_task_count,
        count(*) filter (where is_final_attempt and try_number > 1) as retried_task_count,
        max(coalesce(ended_at, last_seen_at, started_at)) as last_seen_at
    from task_attempts
    group by 1
),

durations as (
    select
        pipeline_key,
        percentile_cont(0.95) within group (
            order by {{ seconds_between('started_at', 'ended_at') }}
        ) as p95_duration_seconds
    from {{ ref('int_pipeline_runs__resolved') }}
    where
        state in ('success', 'failed')
        and started_at is not null
        and ended_at is not null
        and {{ is_among(['pipeline_key'], 'open_pipelines') }}
    group by 1
),

observed as (
    select
        rebuilt_runs.*,
        as_of.as_of_at,
        coalesce(task_tallies.attempt_count, 0) as attempt_count,
        coalesce(task_tallies.task_count, 0) as task_count,
        coalesce(task_tallies.succeeded_task_count, 0) as succeeded_task_count,
        coalesce(task_tallies.failed_task_count, 0) as failed_task_count,
        coalesce(task_tallies.upstream_failed_task_count, 0) as upstream_failed_task_count,
        coalesce(task_tallies.skipped_task_count, 0) as skipped_task_count,
        coalesce(task_tallies.retried_task_count, 0) as retried_task_count,
        greatest(
            rebuilt_runs.last_seen_at, rebuilt_runs.started_at, rebuilt_runs.queued_at, task_tallies.last_seen_at
        ) as heard_of_at,
        greatest(
            {{ var('lost_run_duration_factor') }} * coalesce(durations.p95_duration_seconds, 0),
            {{ var('lost_run_minimum_minutes') }} * 60
        ) as lost_after_seconds
    from rebuilt_runs
    left join as_of on rebuilt_runs.source_name = as_of.source_name
    left join task_tallies on rebuilt_runs.pipeline_run_key = task_tallies.pipeline_run_key
    left join durations on rebuilt_runs.pipeline_key = durations.pipeline_key
),

final as (
    select
        pipeline_run_key,
        pipeline_key,
        cast(heard_of_at as timestamp) as heard_of_at,
        cast(attempt_count as bigint) as attempt_count,
        cast(task_count as bigint) as task_count,
        cast(succeeded_task_count as bigint) as succeeded_task_count,
        cast(failed_task_count as bigint) as failed_task_count,
        cast(upstream_failed_task_count as bigint) as upstream_failed_task_count,
        cast(skipped_task_count as bigint) as skipped_task_count,
        cast(retried_task_count as bigint) as retried_task_count,
        cast(
            case
                when state = 'failed' then 'failed'
                when state = 'skipped' then 'skipped'
                when state = 'success' and failed_task_count + upstream_failed_task_count > 0
                    then 'succeeded_with_failures'
                when state = 'success' and task_count > 0 and skipped_task_count = task_count then 'skipped'
                when state = 'success' then 'succeeded'
                when processing_type in ('STREAMING', 'SERVICE') then 'running'
                when {{ seconds_between('heard_of_at', 'as_of_at') }} > lost_after_seconds then 'lost'
                else 'running'
            end as text
        ) as verdict
    from observed
)

select * from final
