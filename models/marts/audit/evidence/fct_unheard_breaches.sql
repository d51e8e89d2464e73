with

breaches as (

    select * from {{ ref('fct_freshness_breaches') }}

),

task_attempts as (

    select * from {{ ref('fct_task_attempts') }}

),

-- Tasks that lineage has seen write it.
writers as (

    select
        writes.dataset_key,
        writes.task_key,
        min(writes.written_at) as first_written_at
    from {{ ref('fct_dataset_writes') }} as writes
    inner join breaches on writes.dataset_key = breaches.dataset_key
    where writes.is_successful and writes.seen_by like '%openlineage%'
    group by 1, 2

),

final as (

    select
        cast(breaches.freshness_breach_key as uuid) as freshness_breach_key,
        cast(min(task_attempts.ended_at) as timestamp) as ended_well_at
    from breaches
    inner join writers on breaches.dataset_key = writers.dataset_key
    inner join task_attempts
        on
            writers.task_key = task_attempts.task_key
            and writers.first_written_at < task_attempts.ended_at
            and breaches.missing_since < task_attempts.ended_at
            and coalesce(breaches.ended_at, breaches.as_of_at) >= task_attempts.ended_at
    where task_attempts.state = 'success' and task_attempts.seen_by not like '%openlineage%'
    group by 1

)

select * from final
