{{ config(materialized='table') }}

with

reads as (

    select * from {{ ref('int_dataset_reads__resolved') }}

),

writes as (

    select * from {{ ref('int_dataset_writes__resolved') }}

),

joined as (

    select
        reads.dataset_key as upstream_dataset_key,
        writes.dataset_key as downstream_dataset_key,
        writes.task_key,
        writes.pipeline_key,
        min(writes.written_at) as first_seen_at,
        max(writes.written_at) as last_seen_at,
        count(*) as attempt_count
    from reads
    inner join writes
        on
            reads.task_attempt_key = writes.task_attempt_key
            and reads.pipeline_run_key = writes.pipeline_run_key
    where
        reads.dataset_key <> writes.dataset_key
        and reads.task_attempt_key <> {{ unknown_key() }}
    group by 1, 2, 3, 4

),

final as (

    select
        cast(upstream_dataset_key as uuid) as upstream_dataset_key,
        cast(downstream_dataset_key as uuid) as downstream_dataset_key,
        cast(task_key as uuid) as task_key,
        cast(pipeline_key as uuid) as pipeline_key,
        cast(first_seen_at as timestamp) as first_seen_at,
        cast(last_seen_at as timestamp) as last_seen_at,
        cast(attempt_count as bigint) as attempt_count
    from joined

)

select * from final
