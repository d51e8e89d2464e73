with source as (
    select * from {{ source('airflow', 'task_reschedule') }}
),

final as (
    select
        cast(_source_name as text) as source_name,
        cast(id as text) as task_reschedule_id,
        cast(ti_id as text) as task_instance_id,
        cast(dag_id as text) as dag_id,
        cast(task_id as text) as task_id,
        cast(run_id as text) as run_id,
        cast(map_index as integer) as map_index,
        cast(try_number as integer) as try_number,
        cast(start_date as timestamp) as started_at,
        cast(end_date as timestamp) as ended_at,
        cast(reschedule_date as timestamp) as rescheduled_to_at
    from source
)

select * from final
