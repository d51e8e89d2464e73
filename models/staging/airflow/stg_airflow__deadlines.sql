with source as (
    select * from {{ source('airflow', 'deadline') }}
),

final as (
    select
        cast(_source_name as text) as source_name,
        cast(id as text) as deadline_id,
        cast(dagrun_id as text) as dag_run_id,
        cast(deadline_time as timestamp) as due_at,
        cast(missed as boolean) as is_missed,
        cast(callback_id as text) as callback_id,
        cast(lower(callback_state) as text) as callback_state,
        cast(deadline_alert_id as text) as deadline_alert_id,
        cast(created_at as timestamp) as created_at,
        cast(last_updated_at as timestamp) as updated_at,
        cast(_is_current as boolean) as is_current
    from source
)

select * from final
