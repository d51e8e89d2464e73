with

thresholds as (

    {{ audit_thresholds('SI05', ['window_days', 'baseline_days', 'reads_per_day']) }}

),

own_outputs as (

    select distinct
        dataset_key,
        pipeline_key
    from {{ ref('fct_dataset_loads') }}

),

-- What a task had read when it ended was there, or not, when it started. What its pipeline writes is no input.
reads as (

    select
        reads.dataset_key,
        reads.task_key,
        reads.pipeline_key,
        reads.pipeline_run_key,
        runs.run_id,
        pipelines.as_of_at,
        coalesce(runs.data_interval_end_at, runs.scheduled_at) as run_for_at,
        min(coalesce(attempts.started_at, reads.read_at)) as read_at
    from {{ ref('fct_pipeline_activity') }} as pipelines
    cross join thresholds
    inner join {{ ref('fct_dataset_reads') }} as reads on pipelines.pipeline_key = reads.pipeline_key
    inner join {{ ref('fct_pipeline_runs') }} as runs on reads.pipeline_run_key = runs.pipeline_run_key
    left join {{ ref('fct_task_attempts') }} as attempts on reads.task_attempt_key = attempts.task_attempt_key
    left join own_outputs
        on reads.dataset_key = own_outputs.dataset_key and reads.pipeline_key = own_outputs.pipeline_key
    where
        own_outputs.dataset_key is null and runs.verdict in ('succeeded', 'succeeded_with_failures')
        and coalesce(runs.run_type, '') not in ('manual', 'backfill')
        and {{ seconds_between('reads.read_at', 'pipelines.as_of_at') }}
        between 0 and (thresholds.window_days + thresholds.baseline_days) * 86400
    group by 1, 2, 3, 4, 5, 6, 7

),

instants as (

    select distinct
        dataset_key,
        written_at as happened_at,
        written_at
    from {{ ref('fct_dataset_writes') }}
    where is_successful and dataset_key in (select reads.dataset_key from reads)
    union all
    select distinct
        dataset_key,
        read_at as happened_at,
        cast(null as timestamp) as written_at
    from reads

),

last_writes as (

    select
        dataset_key,
        happened_at,
        written_at is null as is_read,
        max(written_at) over (
            partition by dataset_key order by happened_at range between unbounded preceding and current row
        ) as last_written_at
    from instants

),

rhythms as (

    select
        dataset_key,
        task_key,
        count(*) * 1.0 / count(distinct cast(read_at as date)) as reads_per_day
    from reads
    group by 1, 2

),

final as (

    select
        {{ surrogate_key(['reads.dataset_key', 'reads.task_key', 'reads.pipeline_run_key']) }} as input_read_key,
        cast(reads.dataset_key as uuid) as dataset_key,
        cast(reads.task_key as uuid) as task_key,
        cast(reads.pipeline_key as uuid) as pipeline_key,
        cast(reads.run_id as text) as run_id,
        cast(reads.read_at as timestamp) as read_at,
        cast(least(reads.run_for_at, reads.read_at) as timestamp) as needed_at,
        cast(lag(reads.read_at) over (
            partition by reads.dataset_key, reads.task_key order by reads.read_at, reads.pipeline_run_key
        ) as timestamp) as previous_read_at,
        cast(last_writes.last_written_at as timestamp) as last_written_at,
        cast(
            case
                when rhythms.reads_per_day > thresholds.reads_per_day then 100 + extract(hour from reads.read_at)
                else extract(isodow from reads.read_at)
            end as integer
        ) as slot,
        cast(
            {{ seconds_between('reads.read_at', 'reads.as_of_at') }} <= thresholds.window_days * 86400 as boolean
        ) as is_recent
    from reads
    cross join thresholds
    inner join rhythms on reads.dataset_key = rhythms.dataset_key and reads.task_key = rhythms.task_key
    inner join last_writes
        on
            reads.dataset_key = last_writes.dataset_key and reads.read_at = last_writes.happened_at
            and last_writes.is_read

)

select * from final
