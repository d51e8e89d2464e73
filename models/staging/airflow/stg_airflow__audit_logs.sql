with source as (
    select * from {{ source('airflow', 'log') }}
),

final as (
    select
        cast(_source_name as text) as source_name,
        cast(id as text) as audit_log_id,
        cast(dttm as timestamp) as logged_at,
        cast(event as text) as event,
        cast(dag_id as text) as dag_id,
        cast(task_id as text) as task_id,
        cast(run_id as text) as run_id,
        cast(owner as text) as acted_by
    from source
)

select * from final
