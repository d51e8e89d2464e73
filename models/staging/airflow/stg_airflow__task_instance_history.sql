with source as (
    select * from {{ source('airflow', 'task_instance_history') }}
),

final as (
    select
        cast(_source_name as text) as source_name,
        cast(dag_id as text) as dag_id,
        cast(task_id as text) as task_id,
        cast(run_id as text) as run_id,
        cast(map_index as integer) as map_index,
        cast(try_number as integer) as try_number,
        cast(state as text) as state,
        cast(start_date as timestamp) as started_at,
        cast(end_date as timestamp) as ended_at,
        cast(queued_dttm as timestamp) as queued_at,
        cast(scheduled_dttm as timestamp) as scheduled_at,
        cast(null as timestamp) as last_heartbeat_at,
        cast(max_tries as integer) as max_tries,
        cast(operator as text) as operator,
        cast(pool as text) as pool,
        cast(queue as text) as queue,
        cast(hostname as text) as hostname,
        cast(job_id as text) as job_id,
        cast(dag_version_id as text) as dag_version_id,
        cast(updated_at as timestamp) as updated_at
    from source
)

select * from final
