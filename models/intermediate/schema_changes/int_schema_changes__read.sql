{{ config(materialized='table') }}

with

steps as (

    select * from {{ ref('int_schema_changes__stepped') }}

),

reads as (

    select * from {{ ref('int_dataset_reads__resolved') }}

),

writers as (

    select distinct
        dataset_key,
        pipeline_key,
        task_key
    from {{ ref('int_dataset_writes__resolved') }}
    where dataset_key in (select steps.dataset_key from steps)

),

-- Who writes a dataset and reads what was there is no reader of it.
final as (

    select
        cast(steps.dataset_key as uuid) as dataset_key,
        cast(steps.changed_at as timestamp) as changed_at,
        cast(reads.pipeline_key as uuid) as pipeline_key,
        cast(reads.task_key as uuid) as task_key,
        cast(count(*) as bigint) as read_count,
        cast(max(reads.read_at) as timestamp) as last_read_at
    from steps
    inner join reads on steps.dataset_key = reads.dataset_key
    left join writers
        on
            reads.dataset_key = writers.dataset_key
            and reads.pipeline_key = writers.pipeline_key
            and reads.task_key = writers.task_key
    where
        reads.read_at <= steps.changed_at
        and reads.read_at > steps.changed_at - {{ var('schema_change_reader_days') }} * interval '1 day'
        and writers.dataset_key is null
    group by 1, 2, 3, 4

)

select * from final
