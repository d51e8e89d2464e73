{{ config(materialized='table') }}

with

changes as (

    select * from {{ ref('int_schema_changes__judged') }}

),

schema_versions as (

    select * from {{ ref('int_dataset_schemas__versioned') }}

),

writes as (

    select * from {{ ref('int_dataset_writes__resolved') }}

),

steps as (

    select
        changes.dataset_key,
        changes.changed_at,
        coalesce(max(schema_versions.last_seen_at), changes.changed_at) as last_seen_before_at
    from changes
    left join schema_versions
        on
            changes.dataset_key = schema_versions.dataset_key
            and changes.version_number = schema_versions.version_number + 1
    group by 1, 2

),

last_writes as (

    select
        steps.dataset_key,
        steps.changed_at,
        writes.pipeline_key,
        row_number() over (
            partition by steps.dataset_key, steps.changed_at
            order by writes.written_at desc, writes.dataset_write_key asc
        ) as recency
    from steps
    inner join writes on steps.dataset_key = writes.dataset_key and steps.changed_at >= writes.written_at

),

final as (

    select
        cast(steps.dataset_key as uuid) as dataset_key,
        cast(steps.changed_at as timestamp) as changed_at,
        cast(steps.last_seen_before_at as timestamp) as last_seen_before_at,
        cast(last_writes.pipeline_key as uuid) as pipeline_key
    from steps
    left join last_writes
        on
            steps.dataset_key = last_writes.dataset_key
            and steps.changed_at = last_writes.changed_at
            and last_writes.recency = 1

)

select * from final
