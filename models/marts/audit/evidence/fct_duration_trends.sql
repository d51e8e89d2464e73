with

thresholds as (

    {{ subject_thresholds('DU01', ['window_days']) }}

),

pipelines as (

    select * from {{ ref('fct_pipeline_activity') }}

),

-- A backfill, a run by hand, one that was cleared or one that waited for a retry takes its own time.
runs as (

    select
        pipelines.pipeline_key,
        coalesce(runs.run_type, 'none') as run_type,
        runs.duration_seconds,
        runs.pipeline_run_key,
        floor({{ seconds_between('runs.started_at', 'pipelines.as_of_at') }} / 86400) as days_ago,
        {{ threshold('window_days') }} as window_days
    from pipelines
    {{ join_thresholds('pipelines.pipeline_key') }}
    inner join {{ ref('fct_pipeline_runs') }} as runs on pipelines.pipeline_key = runs.pipeline_key
    where
        runs.verdict = 'succeeded'
        and runs.duration_seconds > 0
        and coalesce(runs.run_type, '') not in ('backfill', 'manual')
        and coalesce(runs.clear_number, 0) = 0
        and coalesce(runs.retried_task_count, 0) = 0
        and {{ seconds_between('runs.started_at', 'pipelines.as_of_at') }}
        between 0 and 2 * {{ threshold('window_days') }} * 86400

),

periods as (

    select
        pipeline_key,
        run_type,
        count(*) filter (where days_ago < window_days) as run_count,
        count(*) filter (where days_ago >= window_days) as earlier_run_count,
        percentile_cont(0.95) within group (order by duration_seconds) filter (where days_ago < window_days) as p95,
        percentile_cont(0.95) within group (order by duration_seconds) filter (
            where days_ago >= window_days
        ) as earlier_p95,
        percentile_cont(0.5) within group (order by duration_seconds) filter (where days_ago < window_days) as median,
        percentile_cont(0.5) within group (order by duration_seconds) filter (
            where days_ago >= window_days
        ) as earlier_median
    from runs
    group by 1, 2

),

days as (

    select
        pipeline_key,
        run_type,
        window_days,
        days_ago,
        percentile_cont(0.5) within group (order by duration_seconds) as median
    from runs
    where days_ago < window_days
    group by 1, 2, 3, 4

),

-- A resistant line: between the medians of the first and of the last third of the window, which no odd day bends.
thirds as (

    select
        pipeline_key,
        run_type,
        percentile_cont(0.5) within group (order by median) filter (where days_ago >= window_days * 2 / 3)
            as first_median,
        percentile_cont(0.5) within group (order by days_ago) filter (where days_ago >= window_days * 2 / 3)
            as first_days_ago,
        percentile_cont(0.5) within group (order by median) filter (where days_ago < window_days / 3)
            as last_median,
        percentile_cont(0.5) within group (order by days_ago) filter (where days_ago < window_days / 3)
            as last_days_ago
    from days
    group by 1, 2

),

final as (

    select
        {{ surrogate_key(['periods.pipeline_key', 'periods.run_type']) }} as duration_trend_key,
        cast(periods.pipeline_key as uuid) as pipeline_key,
        cast(periods.run_type as text) as run_type,
        cast(periods.run_count as bigint) as run_count,
        cast(periods.earlier_run_count as bigint) as earlier_run_count,
        cast(periods.median as double precision) as median_seconds,
        cast(periods.earlier_median as double precision) as earlier_median_seconds,
        cast(periods.p95 as double precision) as p95_seconds,
        cast(periods.earlier_p95 as double precision) as earlier_p95_seconds,
        cast(thirds.first_median as double precision) as first_third_seconds,
        cast(thirds.last_median as double precision) as last_third_seconds,
        cast(
            (thirds.last_median - thirds.first_median) / nullif(thirds.first_days_ago - thirds.last_days_ago, 0)
            as double precision
        ) as seconds_a_day
    from periods
    left join thirds on periods.pipeline_key = thirds.pipeline_key and periods.run_type = thirds.run_type

)

select * from final
