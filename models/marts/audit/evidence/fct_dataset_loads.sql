with

thresholds as (

    {{ subject_thresholds('SI04', ['window_days', 'baseline_days']) }}

),

datasets as (

    select * from {{ ref('fct_dataset_activity') }}

),

pipeline_runs as (

    select * from {{ ref('fct_pipeline_runs') }}

),

task_attempts as (

    select * from {{ ref('fct_task_attempts') }}

),

-- What runs inside a task is of the interval of the task's run.
run_intervals as (

    select
        pipeline_runs.pipeline_run_key,
        coalesce(pipeline_runs.logical_at, outer_runs.logical_at) as logical_at,
        coalesce(pipeline_runs.data_interval_start_at, outer_runs.data_interval_start_at) as interval_start_at,
        coalesce(pipeline_runs.data_interval_end_at, outer_runs.data_interval_end_at) as interval_end_at,
        pipeline_runs.logical_at is null as is_of_outer_run,
        coalesce(outer_runs.run_type, pipeline_runs.run_type, '') = 'manual' as is_manual
    from pipeline_runs
    left join task_attempts on pipeline_runs.parent_task_attempt_key = task_attempts.task_attempt_key
    left join pipeline_runs as outer_runs on task_attempts.pipeline_run_key = outer_runs.pipeline_run_key

),

-- A count below zero is a driver's way of saying that it did not count.
recent_writes as (

    select
        writes.*,
        run_intervals.logical_at,
        run_intervals.interval_start_at,
        run_intervals.interval_end_at,
        coalesce(task_attempts.map_index, -1) as map_index,
        coalesce(run_intervals.is_of_outer_run, true) as is_of_outer_run,
        coalesce(run_intervals.is_manual, false) as is_manual,
        coalesce(lower(writes.operation), '') in ('create', 'overwrite', 'truncate') as is_replacement,
        case when writes.row_count >= 0 then writes.row_count end as counted_rows,
        coalesce(
            cast(run_intervals.logical_at as text),
            cast(nullif(writes.pipeline_run_key, {{ unknown_key() }}) as text),
            cast(writes.dataset_write_key as text)
        ) as interval_name
    from datasets
    inner join {{ ref('fct_dataset_writes') }} as writes on datasets.dataset_key = writes.dataset_key
    {{ join_thresholds('datasets.dataset_key') }}
    left join run_intervals on writes.pipeline_run_key = run_intervals.pipeline_run_key
    left join task_attempts on writes.task_attempt_key = task_attempts.task_attempt_key
    where
        writes.is_successful
        and {{ seconds_between('writes.written_at', 'datasets.as_of_at') }}
        between 0 and ({{ threshold('window_days') }} + {{ threshold('baseline_days') }}) * 86400

),

-- An interval that was loaded again is as it was loaded last. What was invoked again within an interval may have
-- added nothing to what it had brought before.
ranked as (

    select
        *,
        row_number() over (
            partition by dataset_key, task_key, is_replacement, is_manual, interval_name, map_index
            order by
                case when is_of_outer_run then counted_rows end desc nulls last,
                written_at desc,
                dataset_write_key asc
        ) as write_rank
    from recent_writes

),

final as (

    select
        {{ surrogate_key(['dataset_key', 'task_key', 'is_replacement', 'is_manual', 'interval_name']) }}
            as dataset_load_key,
        cast(dataset_key as uuid) as dataset_key,
        cast(task_key as uuid) as task_key,
        {{ surrogate_key(['dataset_key', 'task_key', 'is_replacement', 'is_manual']) }} as series,
        cast(max(cast(pipeline_key as text)) as uuid) as pipeline_key,
        cast(max(cast(pipeline_run_key as text)) as uuid) as pipeline_run_key,
        cast(max(coalesce(logical_at, written_at)) as timestamp) as loaded_for_at,
        cast(min(interval_start_at) as timestamp) as interval_start_at,
        cast(max(interval_end_at) as timestamp) as interval_end_at,
        cast(max(written_at) as timestamp) as written_at,
        cast(case when count(counted_rows) = count(*) then sum(counted_rows) end as bigint) as row_count,
        cast(is_replacement as boolean) as is_replacement,
        cast(is_manual as boolean) as is_manual,
        cast(bool_or(logical_at is not null) as boolean) as has_interval
    from ranked
    where write_rank = 1
    group by dataset_key, task_key, is_replacement, is_manual, interval_name

)

select * from final
