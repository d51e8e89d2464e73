with

thresholds as (

    {{ subject_thresholds('SI07', ['window_days']) }}

),

-- What a schedule expects of a series that grows by intervals.
interval_loads as (

    select
        dataset_load_key,
        dataset_key,
        task_key,
        pipeline_key,
        coalesce(interval_end_at, loaded_for_at) as covers_until
    from {{ ref('fct_dataset_loads') }}
    where has_interval and not is_replacement and not is_manual

),

series as (

    select
        interval_loads.dataset_key,
        interval_loads.task_key,
        interval_loads.pipeline_key,
        datasets.as_of_at,
        min(interval_loads.covers_until) as first_until,
        max(interval_loads.covers_until) as last_until
    from interval_loads
    inner join {{ ref('fct_dataset_activity') }} as datasets on interval_loads.dataset_key = datasets.dataset_key
    group by 1, 2, 3, 4

),

runs as (

    select
        pipeline_key,
        coalesce(data_interval_end_at, scheduled_at) as covers_until,
        bool_or(coalesce(reported_state, '') <> 'success') as is_told
    from {{ ref('fct_pipeline_runs') }}
    group by 1, 2

),

-- A run that failed says so; what is missing silently had no run, or one that ended green.
missed as (

    select
        series.*,
        deliveries.expected_at
    from series
    {{ join_thresholds('series.dataset_key') }}
    inner join {{ ref('fct_deliveries') }} as deliveries
        on
            series.pipeline_key = deliveries.pipeline_key
            and series.first_until < deliveries.expected_at
            and series.last_until > deliveries.expected_at
    left join runs
        on deliveries.pipeline_key = runs.pipeline_key and deliveries.expected_at = runs.covers_until
    where
        deliveries.state = 'missed'
        and coalesce(not runs.is_told, true)
        and {{ seconds_between('deliveries.expected_at', 'series.as_of_at') }}
        between 0 and {{ threshold('window_days') }} * 86400

),

next_loads as (

    select
        missed.*,
        interval_loads.covers_until,
        interval_loads.dataset_load_key,
        row_number() over (
            partition by missed.dataset_key, missed.task_key, missed.expected_at
            order by interval_loads.covers_until, interval_loads.dataset_load_key
        ) as position_after
    from missed
    inner join interval_loads
        on
            missed.dataset_key = interval_loads.dataset_key
            and missed.task_key = interval_loads.task_key
            and missed.expected_at <= interval_loads.covers_until

),

final as (

    select
        {{ surrogate_key(['dataset_key', 'task_key', 'expected_at']) }} as missing_interval_key,
        cast(dataset_key as uuid) as dataset_key,
        cast(task_key as uuid) as task_key,
        cast(expected_at as timestamp) as expected_at,
        cast(dataset_load_key as uuid) as dataset_load_key
    from next_loads
    where position_after = 1 and covers_until > expected_at

)

select * from final
