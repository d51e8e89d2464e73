with

thresholds as (
    {{ audit_thresholds('SI05', ['history_days']) }}
),

-- A run of a schedule needs what was due by its own instant, whenever it comes; what its pipeline writes is no input.
reads as (

    select
        reads.dataset_key,
        reads.task_key,
        reads.pipeline_key,
        reads.pipeline_run_key,
        runs.run_id,
        min(coalesce(attempts.started_at, reads.read_at)) as read_at,
        min(least(covered.expected_at, coalesce(attempts.started_at, reads.read_at))) as needed_at
    from {{ ref('fct_pipeline_activity') }} as pipelines
    cross join thresholds
    inner join {{ ref('fct_dataset_reads') }} as reads on pipelines.pipeline_key = reads.pipeline_key
    inner join {{ ref('fct_pipeline_runs') }} as runs on reads.pipeline_run_key = runs.pipeline_run_key
    left join {{ ref('fct_task_attempts') }} as attempts on reads.task_attempt_key = attempts.task_attempt_key
    left join {{ ref('int_deliveries__covered') }} as covered on reads.pipeline_run_key = covered.pipeline_run_key
    left join {{ ref('bridge_pipeline_datasets') }} as own_outputs
        on
            reads.pipeline_key = own_outputs.pipeline_key
            and reads.dataset_key = own_outputs.dataset_key
            and own_outputs.last_written_at is not null
    where
        own_outputs.dataset_key is null
        and runs.verdict in ('succeeded', 'succeeded_with_failures')
        and coalesce(runs.run_type, '') not in ('manual', 'backfill')
        and {{ seconds_between('reads.read_at', 'pipelines.as_of_at') }} between 0 and thresholds.history_days * 86400
    group by 1, 2, 3, 4, 5

),

instants as (

    select
        dataset_key,
        needed_at as happened_at,
        cast(null as timestamp) as expected_at
    from reads
    union
    select
        dataset_key,
        expected_at as happened_at,
        expected_at
    from {{ ref('fct_dataset_turns') }}

),

needed as (

    select distinct
        dataset_key,
        happened_at,
        max(expected_at) over (partition by dataset_key order by happened_at) as expected_at
    from instants

),

compared as (

    select
        reads.*,
        turns.expected_at,
        turns.written_at,
        case
            when turns.state is null or turns.state not in ('written', 'without') then coalesce(turns.state, 'unknown')
            when turns.written_at <= reads.read_at then 'fresh'
            when turns.as_of_at < reads.read_at then 'unknown'
            else 'stale'
        end as state
    from reads
    inner join needed on reads.dataset_key = needed.dataset_key and reads.needed_at = needed.happened_at
    left join {{ ref('fct_dataset_turns') }} as turns
        on needed.dataset_key = turns.dataset_key and needed.expected_at = turns.expected_at

),

-- What something else brought after the turn was due may have been it. A late run of an earlier turn brings that one.
brought as (

    select distinct
        compared.dataset_key,
        compared.pipeline_run_key
    from compared
    inner join {{ ref('fct_dataset_writes') }} as writes on compared.dataset_key = writes.dataset_key
    left join {{ ref('int_deliveries__covered') }} as covered on writes.pipeline_run_key = covered.pipeline_run_key
    where
        compared.state = 'stale' and writes.written_at between compared.expected_at and compared.read_at
        and (
            coalesce(covered.expected_at >= compared.expected_at, true)
            or lower(writes.operation) in ('create', 'overwrite', 'truncate')
        )

),

final as (

    select
        {{ surrogate_key(['compared.dataset_key', 'compared.task_key', 'compared.pipeline_run_key']) }}
            as input_read_key,
        cast(compared.dataset_key as uuid) as dataset_key,
        cast(compared.task_key as uuid) as task_key,
        cast(compared.pipeline_key as uuid) as pipeline_key,
        cast(compared.run_id as text) as run_id,
        cast(compared.read_at as timestamp) as read_at,
        cast(compared.expected_at as timestamp) as expected_at,
        cast(compared.written_at as timestamp) as written_at,
        cast(case when brought.dataset_key is not null then 'unknown' else compared.state end as text) as state
    from compared
    left join brought
        on compared.dataset_key = brought.dataset_key and compared.pipeline_run_key = brought.pipeline_run_key

)

select * from final
