with source as (
    select * from {{ source('airflow', 'sla_miss') }}
),

final as (
    select
        cast(_source_name as text) as source_name,
        cast(dag_id as text) as dag_id,
        cast(task_id as text) as task_id,
        cast(execution_date as timestamp) as logical_at,
        cast(email_sent as boolean) as is_email_sent,
        cast(notification_sent as boolean) as is_notification_sent,
        cast("timestamp" as timestamp) as noticed_at
    from source
)

select * from final
