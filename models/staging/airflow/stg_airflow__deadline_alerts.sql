with source as (
    select * from {{ source('airflow', 'deadline_alert') }}
),

final as (
    select
        cast(_source_name as text) as source_name,
        cast(id as text) as deadline_alert_id,
        cast(serialized_dag_id as text) as serialized_dag_id,
        cast(name as text) as deadline_alert_name,
        cast(description as text) as description,
        cast(created_at as timestamp) as created_at,
        cast(_is_current as boolean) as is_current
    from source
)

select * from final
