with serialized_tasks as (
    select * from {{ ref('stg_airflow__serialized_tasks') }}
),

unnested as (
    select
        serialized_tasks.source_name,
        serialized_tasks.dag_id,
        serialized_tasks.task_id,
        serialized_tasks.serialized_at,
        {{ json_field_text('inlet.element', ['__var', 'uri']) }} as uri
    from serialized_tasks
    {{ json_array_elements('serialized_tasks.inlets', 'inlet', {'__var': {'uri': 'text'}}) }}
),

final as (
    select distinct
        cast(source_name as text) as source_name,
        cast(dag_id as text) as dag_id,
        cast(task_id as text) as task_id,
        cast(serialized_at as timestamp) as serialized_at,
        cast(uri as text) as uri
    from unnested
    where uri is not null
)

select * from final
