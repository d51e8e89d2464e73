with

thresholds as (

    {{ subject_thresholds('AL03', ['window_days', 'grace_minutes']) }}

),

pipelines as (

    select * from {{ ref('fct_pipeline_cadences') }}

),

-- A clear takes away when the run started first.
starts as (

    select
        covered.pipeline_key,
        covered.expected_at,
        min(pipeline_runs.started_at) as started_at,
        bool_or(coalesce(pipeline_runs.clear_number > 0, pipeline_runs.retried_task_count > 0)) as was_cleared
    from {{ ref('int_deliveries__covered') }} as covered
    inner join {{ ref('fct_pipeline_runs') }} as pipeline_runs
        on covered.pipeline_run_key = pipeline_runs.pipeline_run_key
    group by 1, 2

),

-- What a calendar or a pause excuses was not to start, nor what was before the pipeline ran for the first time.
instants as (

    select
        deliveries.pipeline_key,
        deliveries.expected_at,
        starts.started_at,
        not coalesce(starts.was_cleared, false)
        and coalesce(
            {{ seconds_between('deliveries.expected_at', 'starts.started_at') }}
            > {{ threshold('grace_minutes') }} * 60, true
        ) as is_missed
    from {{ ref('fct_deliveries') }} as deliveries
    inner join pipelines on deliveries.pipeline_key = pipelines.pipeline_key
    {{ join_thresholds('pipelines.pipeline_key') }}
    left join starts
        on
            deliveries.pipeline_key = starts.pipeline_key
            and deliveries.expected_at = starts.expected_at
    where
        deliveries.excuse is null
        and deliveries.expected_at >= pipelines.first_started_at
        and {{ seconds_between('deliveries.expected_at', 'pipelines.as_of_at') }}
        between {{ threshold('grace_minutes') }} * 60 and {{ threshold('window_days') }} * 86400

),

compared as (

    select
        *,
        lag(is_missed) over (partition by pipeline_key order by expected_at) as was_missed_before,
        lead(expected_at) over (partition by pipeline_key order by expected_at) as next_expected_at
    from instants

),

numbered as (

    select
        *,
        sum(case when is_missed and was_missed_before is not true then 1 else 0 end) over (
            partition by pipeline_key
            order by expected_at
            rows between unbounded preceding and current row
        ) as streak_number
    from compared

),

streaks as (

    select
        pipeline_key,
        streak_number,
        min(expected_at) as onset_at,
        max(expected_at) as last_expected_at,
        count(*) as missed_count,
        count(started_at) as late_count,
        bool_or(next_expected_at is null) as is_open
    from numbered
    where is_missed
    group by 1, 2

),

final as (

    select
        {{ surrogate_key([
            'streaks.pipeline_key', 'cast(extract(epoch from streaks.onset_at) * 1000000 as bigint)'
        ]) }} as missed_start_key,
        cast(streaks.pipeline_key as uuid) as pipeline_key,
        cast(streaks.onset_at as timestamp) as onset_at,
        cast(streaks.last_expected_at as timestamp) as last_expected_at,
        cast(streaks.missed_count as bigint) as missed_count,
        cast(streaks.late_count as bigint) as late_count,
        cast(streaks.is_open as boolean) as is_open,
        cast(pipelines.as_of_at as timestamp) as as_of_at
    from streaks
    inner join pipelines on streaks.pipeline_key = pipelines.pipeline_key

)

select * from final
