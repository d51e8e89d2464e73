with

thresholds as (

    {{ subject_thresholds('SI01', ['baseline_writes']) }}

),

-- A count below zero is a driver's way of saying that it did not count.
counted_writes as (

    select
        writes.*,
        pipeline_runs.logical_at,
        coalesce(lower(writes.operation), '') in ('create', 'overwrite', 'truncate') as is_replacement
    from {{ ref('fct_dataset_writes') }} as writes
    left join {{ ref('fct_pipeline_runs') }} as pipeline_runs
        on writes.pipeline_run_key = pipeline_runs.pipeline_run_key
    where
        writes.is_successful
        and writes.row_count >= 0

),

numbered as (

    select
        *,
        row_number() over (partition by dataset_key, task_key order by written_at, dataset_write_key) as write_number,
        count(*) filter (where row_count > 0) over (
            partition by dataset_key, task_key
            order by written_at, dataset_write_key
            rows between unbounded preceding and current row
        ) as filled_before,
        max(written_at) filter (where row_count > 0 and is_replacement) over (partition by dataset_key) as replaced_at,
        max(written_at) filter (where row_count > 0 and logical_at is not null) over (
            partition by dataset_key, task_key, logical_at
        ) as refilled_at
    from counted_writes

),

streaks as (

    select
        dataset_key,
        task_key,
        filled_before,
        min(write_number) as first_number,
        max(write_number) as last_number,
        count(*) as write_count,
        min(written_at) as started_at,
        max(written_at) as last_written_at,
        bool_and(coalesce(greatest(replaced_at, refilled_at) > written_at, false)) as is_made_good
    from numbered
    where row_count = 0
    group by 1, 2, 3

),

-- What was usual before the streak: one that counted towards its own baseline would become usual by lasting. As
-- many writes after it tell too whether empty ones come again and again.
baselines as (

    select
        streaks.dataset_key,
        streaks.task_key,
        streaks.first_number,
        count(*) filter (where numbered.write_number < streaks.first_number) as baseline_count,
        percentile_cont(0.5) within group (order by numbered.row_count) filter (
            where numbered.write_number < streaks.first_number
        ) as baseline_median,
        100.0 * count(*) filter (where numbered.row_count = 0) / count(*) as others_empty_percent,
        max(numbered.row_count) filter (where numbered.write_number = streaks.last_number + 1) as rows_after
    from streaks
    {{ join_thresholds('streaks.dataset_key') }}
    inner join numbered
        on
            streaks.dataset_key = numbered.dataset_key
            and streaks.task_key = numbered.task_key
            and streaks.first_number <= numbered.write_number + {{ threshold('baseline_writes') }}
            and streaks.last_number + {{ threshold('baseline_writes') }} >= numbered.write_number
    where numbered.write_number not between streaks.first_number and streaks.last_number
    group by 1, 2, 3

),

final as (

    select
        {{ surrogate_key(['streaks.dataset_key', 'streaks.task_key', 'streaks.first_number']) }} as empty_writes_key,
        cast(streaks.dataset_key as uuid) as dataset_key,
        cast(streaks.task_key as uuid) as task_key,
        cast(coalesce(tasks.subject_name, 'an unknown task') as text) as task_subject_name,
        cast(streaks.write_count as bigint) as write_count,
        cast(streaks.started_at as timestamp) as started_at,
        cast(streaks.last_written_at as timestamp) as last_written_at,
        cast(coalesce(baselines.baseline_count, 0) as bigint) as baseline_count,
        cast(baselines.baseline_median as double precision) as baseline_median,
        cast(baselines.others_empty_percent as double precision) as others_empty_percent,
        cast(baselines.rows_after as bigint) as rows_after,
        cast(streaks.is_made_good as boolean) as is_made_good
    from streaks
    left join {{ ref('dim_tasks_current') }} as tasks on streaks.task_key = tasks.task_key
    left join baselines
        on
            streaks.dataset_key = baselines.dataset_key
            and streaks.task_key = baselines.task_key
            and streaks.first_number = baselines.first_number

)

select * from final
