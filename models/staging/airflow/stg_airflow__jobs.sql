with source as (
    select * from {{ source('airflow', 'job') }}
),

final as (
    select
        cast(_source_name as text) as source_name,
        cast(id as text) as job_id,
        cast(dag_id as text) as dag_id,
        cast(job_type as text) as job_type,
        cast(state as text) as state,
        cast(start_date as timestamp) as started_at,
        cast(end_date as timestamp) as ended_at,
        cast(latest_heartbeat as timestamp) as last_heartbeat_at
    from source
)

select * from final
