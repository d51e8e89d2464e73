-- depends_on: {{ ref('dim_pipelines') }}
-- depends_on: {{ ref('dim_tasks') }}
with

changes as (

    select * from {{ ref('fct_schema_changes') }}

),

readers as (

    select * from {{ ref('int_schema_changes__column_read') }}
    where is_reader

),

final as (

    select
        {{ surrogate_key(['changes.schema_change_key', 'readers.pipeline_key', 'readers.task_key']) }}
            as schema_change_reader_key,
        cast(changes.schema_change_key as uuid) as schema_change_key,
        cast(readers.pipeline_key as uuid) as pipeline_key,
        cast(readers.task_key as uuid) as task_key,
        cast(readers.read_count as bigint) as read_count,
        cast(readers.last_read_at as timestamp) as last_read_at,
        cast(readers.known_by as text) as known_by
    from changes
    inner join readers on changes.schema_change_key = readers.schema_change_key

)

select * from final
