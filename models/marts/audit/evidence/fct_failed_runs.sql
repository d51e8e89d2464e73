with
thresholds as (
    {{ subject_thresholds('AL02', ['window_days', 'budget_minutes', 'low_tier_minutes', 'low_tier', 'repeat_days']) }}
),

inside as (
    {{ audit_thresholds('AL02', ['inside_seconds']) }}
),

enclosed as (
    select distinct inner_pipeline_key from {{ ref('bridge_pipeline_enclosures') }}
    where not is_inferred
),

pipelines as (
    select
        activity.*,
        {{ is_sandbox('latest') }} as is_sandbox,
        assets.tier,
        enclosed.inner_pipeline_key is not null and activity.platform <> 'airflow' as is_enclosed
    from {{ ref('fct_pipeline_activity') }} as activity
    inner join {{ ref('dim_pipelines_current') }} as latest on activity.pipeline_key = latest.pipeline_key
    left join {{ ref('int_registry_assets__matched') }} as assets on activity.pipeline_key = assets.subject_key
    left join enclosed on activity.pipeline_key = enclosed.inner_pipeline_key
),

pipeline_runs as (
    select
        *,
        verdict = 'failed' or coalesce(reported_state, '') = 'failed' as is_failed,
        verdict = 'failed' and failed_task_count = 0 and run_type in ('build', 'test') as is_failed_by_checks,
        coalesce(clear_number > 0, retried_task_count > 0) as was_tried_again,
        coalesce(ended_at, last_seen_at) as failed_at
    from {{ ref('fct_pipeline_runs') }}
),

-- A run that was cleared may have failed before, and an episode of then has to be answered.
candidates as (
    select
        pipeline_runs.*,
        pipelines.pipeline_name,
        pipelines.platform,
        pipelines.is_enclosed,
        pipelines.as_of_at,
        pipelines.is_sandbox,
        pipeline_runs.failed_at < pipelines.as_of_at - {{ threshold('window_days') }} * interval '1 day' as is_old,
        {{ told_within_seconds('pipelines.tier') }} as budget_seconds,
        pipeline_runs.is_failed_by_checks and {{ seconds_between(
            'lag(pipeline_runs.failed_at) over kind', 'pipeline_runs.failed_at'
        ) }} <= {{ threshold('repeat_days') }} * 86400 as is_repeat
    from pipeline_runs
    inner join pipelines on pipeline_runs.pipeline_key = pipelines.pipeline_key
    {{ join_thresholds('pipelines.pipeline_key') }}
    where (pipeline_runs.is_failed or pipeline_runs.was_tried_again) and pipelines.as_of_at >= pipeline_runs.failed_at
    -- Of runs of which nothing but checks fails, the first tells of those that follow soon.
    window kind as (
        partition by pipeline_runs.pipeline_key, pipeline_runs.run_type, pipeline_runs.is_failed_by_checks
        order by pipeline_runs.failed_at, pipeline_runs.run_id
    )
),

outer_runs as (
    select
        candidates.pipeline_run_key,
        bool_or(parents.is_failed) as is_failed
    from candidates
    inner join {{ ref('fct_task_attempts') }} as attempts
        on candidates.parent_task_attempt_key = attempts.task_attempt_key
    inner join pipeline_runs as parents on attempts.pipeline_run_key = parents.pipeline_run_key
    where candidates.platform <> 'airflow'
    group by 1
),

-- That a task which ran dbt failed right after it did is all that tells of it where a shell starts dbt.
shells as (
    select distinct candidates.pipeline_run_key
    from candidates
    cross join inside
    inner join {{ ref('fct_task_attempts') }} as attempts
        on cast(candidates.failed_at as date) = cast(attempts.ended_at as date)
    where
        candidates.platform = 'dbt'
        and candidates.parent_task_attempt_key = {{ unknown_key() }}
        and attempts.state = 'failed'
        and attempts.started_at <= candidates.started_at
        and {{ seconds_between('candidates.failed_at', 'attempts.ended_at') }} between 0 and inside.inside_seconds
),

final as (
    select
        cast(candidates.pipeline_run_key as uuid) as pipeline_run_key,
        cast(candidates.pipeline_key as uuid) as pipeline_key,
        cast(candidates.team_key as uuid) as team_key,
        cast(candidates.source_name as text) as source_name,
        cast(candidates.pipeline_name || '/' || candidates.run_id as text) as subject_name,
        cast(candidates.run_type as text) as run_type,
        cast(candidates.budget_seconds as double precision) as budget_seconds,
        cast(candidates.failed_at as timestamp) as failed_at,
        cast(
            case
                when not candidates.is_failed and candidates.verdict = 'running' then 'running'
                when not candidates.is_failed then 'mended'
                when candidates.is_old then 'old'
                when candidates.is_sandbox then 'sandbox'
                when outer_runs.is_failed or shells.pipeline_run_key is not null then 'inside'
                when candidates.run_type in ('manual', 'backfill') then 'by hand'
                when outer_runs.pipeline_run_key is null and candidates.is_enclosed then 'by hand'
                when candidates.run_type = 'freshness' then 'freshness'
                when candidates.is_repeat then 'again'
                else 'failed'
            end as text
        ) as state,
        cast(candidates.as_of_at as timestamp) as as_of_at
    from candidates
    left join outer_runs on candidates.pipeline_run_key = outer_runs.pipeline_run_key
    left join shells on candidates.pipeline_run_key = shells.pipeline_run_key
    where candidates.is_failed or not candidates.is_old
)

select * from final
