with

thresholds as (

    {{ audit_thresholds('FR03', ['window_days', 'minimum_runs']) }}

),

arrived as (

    select
        dataset_key,
        bool_or(is_scheduled) as is_scheduled
    from {{ ref('fct_dataset_arrivals') }}
    group by dataset_key

),

promised as (

    select distinct dataset_key from {{ ref('bridge_delivery_promises') }}
    where is_measured

),

-- A step that is rarely or no longer seen may be a mistake, and in a circle nothing comes first.
edges as (

    select
        edges.upstream_dataset_key,
        edges.downstream_dataset_key,
        edges.task_key,
        datasets.as_of_at,
        thresholds.window_days
    from arrived
    inner join {{ ref('int_lineage__edges') }} as edges on arrived.dataset_key = edges.downstream_dataset_key
    inner join {{ ref('fct_dataset_activity') }} as datasets on arrived.dataset_key = datasets.dataset_key
    cross join thresholds
    left join {{ ref('bridge_lineage') }} as circles
        on
            edges.downstream_dataset_key = circles.upstream_dataset_key
            and edges.upstream_dataset_key = circles.downstream_dataset_key
    where
        circles.lineage_key is null
        and edges.attempt_count >= thresholds.minimum_runs
        and {{ seconds_between('edges.last_seen_at', 'datasets.as_of_at') }} <= thresholds.window_days * 86400

),

durations as (

    select
        edges.upstream_dataset_key,
        edges.downstream_dataset_key,
        edges.task_key,
        percentile_cont(0.95) within group (order by attempts.duration_seconds) as seconds
    from edges
    inner join {{ ref('fct_task_attempts') }} as attempts on edges.task_key = attempts.task_key
    where
        attempts.state = 'success'
        and attempts.duration_seconds >= 0
        and {{ seconds_between('attempts.started_at', 'edges.as_of_at') }} between 0 and edges.window_days * 86400
    group by edges.upstream_dataset_key, edges.downstream_dataset_key, edges.task_key

),

final as (

    select
        {{ surrogate_key(['durations.upstream_dataset_key', 'durations.downstream_dataset_key']) }} as lineage_step_key,
        cast(durations.upstream_dataset_key as uuid) as upstream_dataset_key,
        cast(durations.downstream_dataset_key as uuid) as downstream_dataset_key,
        cast(bool_or(arrived.is_scheduled) as boolean) as is_scheduled,
        cast(bool_or(promised.dataset_key is not null) as boolean) as is_promised,
        cast(max(durations.seconds) as double precision) as p95_seconds
    from durations
    inner join arrived on durations.downstream_dataset_key = arrived.dataset_key
    left join promised on durations.downstream_dataset_key = promised.dataset_key
    group by durations.upstream_dataset_key, durations.downstream_dataset_key

)

select * from final
