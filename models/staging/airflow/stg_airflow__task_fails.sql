with source as (
    select * from {{ source('airflow', 'task_fail') }}
),

final as (
    select
        cast(_source_name as text) as source_name,
        cast(id as text) as task_fail_id,
        cast(dag_id as text) as dag_id,
        cast(task_id as text) as task_id,
        cast(run_id as text) as run_id,
        cast(map_index as integer) as map_index,
        cast(start_date as timestamp) as started_at,
        cast(end_date as timestamp) as failed_at
    from source
)

select * from final
