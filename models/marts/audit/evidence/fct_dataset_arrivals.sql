with

thresholds as (

    {{ audit_thresholds('FR03', ['window_days']) }}

),

promises as (

    select * from {{ ref('bridge_delivery_promises') }}
    where is_measured

),

involved as (

    select dataset_key from promises
    union
    select lineage.upstream_dataset_key as dataset_key
    from promises
    inner join {{ ref('bridge_lineage') }} as lineage on promises.dataset_key = lineage.downstream_dataset_key

),

runs as (

    select * from {{ ref('fct_pipeline_runs') }}

),

-- What runs inside a task of another pipeline begins with the other's run.
jobs as (

    select
        runs.pipeline_run_key as inner_run_key,
        coalesce(outer_runs.pipeline_run_key, runs.pipeline_run_key) as pipeline_run_key
    from runs
    left join {{ ref('fct_task_attempts') }} as attempts on runs.parent_task_attempt_key = attempts.task_attempt_key
    left join runs as outer_runs on attempts.pipeline_run_key = outer_runs.pipeline_run_key

),

writes as (

    select
        writes.dataset_key,
        jobs.pipeline_run_key,
        min(writes.written_at) as written_at
    from involved
    inner join {{ ref('fct_dataset_activity') }} as datasets on involved.dataset_key = datasets.dataset_key
    inner join {{ ref('fct_dataset_writes') }} as writes on involved.dataset_key = writes.dataset_key
    inner join jobs on writes.pipeline_run_key = jobs.inner_run_key
    cross join thresholds
    where
        writes.is_successful
        and {{ seconds_between('writes.written_at', 'datasets.as_of_at') }} between 0 and thresholds.window_days * 86400
    group by 1, 2

),

arrivals as (

    select
        writes.*,
        runs.pipeline_key,
        runs.scheduled_at,
        runs.started_at,
        coalesce(runs.run_type = 'scheduled' and runs.scheduled_at is not null, false) as is_scheduled,
        coalesce(runs.clear_number, 0) = 0 and writes.written_at >= runs.started_at as is_first_turn
    from writes
    inner join runs on writes.pipeline_run_key = runs.pipeline_run_key

),

final as (

    select
        {{ surrogate_key(['dataset_key', 'pipeline_run_key']) }} as dataset_arrival_key,
        cast(dataset_key as uuid) as dataset_key,
        cast(pipeline_run_key as uuid) as pipeline_run_key,
        cast(pipeline_key as uuid) as pipeline_key,
        cast(is_scheduled as boolean) as is_scheduled,
        cast(case when is_scheduled then scheduled_at end as timestamp) as scheduled_at,
        cast(written_at as timestamp) as written_at,
        cast(
            case when is_scheduled and is_first_turn then {{ seconds_between('started_at', 'written_at') }} end
            as double precision
        ) as runtime_seconds
    from arrivals

)

select * from final
