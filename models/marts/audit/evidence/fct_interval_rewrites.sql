with

thresholds as (
    {{ subject_thresholds('LA01', ['window_days']) }}
),

-- A write that replaces all is of no interval.
writes as (

    select
        writes.dataset_key,
        writes.task_key,
        runs.logical_at,
        writes.written_at,
        coalesce(runs.run_type, '') = 'backfill' as is_backfill
    from {{ ref('fct_dataset_writes') }} as writes
    inner join {{ ref('fct_pipeline_runs') }} as runs on writes.pipeline_run_key = runs.pipeline_run_key
    inner join {{ ref('fct_dataset_activity') }} as datasets on writes.dataset_key = datasets.dataset_key
    left join {{ ref('fct_task_attempts') }} as attempts on writes.task_attempt_key = attempts.task_attempt_key
    {{ join_thresholds('writes.dataset_key') }}
    where
        writes.is_successful
        and runs.logical_at is not null
        and coalesce(lower(writes.operation), '') not in ('create', 'overwrite', 'truncate')
        and coalesce(attempts.map_index, -1) < 0
        and {{ seconds_between('writes.written_at', 'datasets.as_of_at') }}
        between 0 and {{ threshold('window_days') }} * 86400

),

intervals as (

    select
        dataset_key,
        task_key,
        logical_at,
        min(written_at) as first_written_at,
        max(written_at) filter (where not is_backfill) as rewritten_at
    from writes
    group by 1, 2, 3

),

rewrites as (

    select * from intervals
    where rewritten_at > first_written_at

),

replacements as (

    select
        task_key,
        max(written_at) as replaced_at
    from {{ ref('fct_dataset_loads') }}
    where is_replacement
    group by 1

),

reads as (

    select
        reads.dataset_key,
        reads.task_key,
        reads.read_at,
        replacements.replaced_at,
        max(reads.read_at) over (
            partition by reads.dataset_key, reads.task_key, coalesce(runs.logical_at, reads.read_at)
        ) as last_read_at
    from {{ ref('fct_dataset_reads') }} as reads
    left join {{ ref('fct_pipeline_runs') }} as runs on reads.pipeline_run_key = runs.pipeline_run_key
    left join replacements on reads.task_key = replacements.task_key

),

-- A reader that was run again for its interval, or makes all of its output anew, has taken the change up.
readers as (

    select
        rewrites.dataset_key,
        rewrites.task_key,
        rewrites.logical_at,
        count(distinct reads.task_key) as reader_count
    from rewrites
    inner join reads
        on
            rewrites.dataset_key = reads.dataset_key
            and rewrites.task_key <> reads.task_key
            and rewrites.first_written_at < reads.read_at
            and rewrites.rewritten_at > reads.read_at
            and rewrites.rewritten_at > reads.last_read_at
    where reads.replaced_at is null or reads.replaced_at < rewrites.rewritten_at
    group by 1, 2, 3

),

final as (

    select
        {{ surrogate_key(['rewrites.dataset_key', 'rewrites.task_key', 'rewrites.logical_at']) }}
            as interval_rewrite_key,
        cast(rewrites.dataset_key as uuid) as dataset_key,
        cast(rewrites.task_key as uuid) as task_key,
        cast(rewrites.logical_at as timestamp) as logical_at,
        cast(rewrites.first_written_at as timestamp) as first_written_at,
        cast(rewrites.rewritten_at as timestamp) as rewritten_at,
        cast(coalesce(readers.reader_count, 0) as bigint) as reader_count
    from rewrites
    left join readers
        on
            rewrites.dataset_key = readers.dataset_key
            and rewrites.task_key = readers.task_key
            and rewrites.logical_at = readers.logical_at

)

select * from final
