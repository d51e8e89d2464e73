with source as (
    select * from {{ source('airflow', 'dag_run') }}
),

final as (
    select
        cast(_source_name as text) as source_name,
        cast(dag_id as text) as dag_id,
        cast(run_id as text) as run_id,
        cast(id as text) as dag_run_id,
        cast(state as text) as state,
        cast(run_type as text) as run_type,
        cast(lower(triggered_by) as text) as triggered_by,
        cast(coalesce(logical_date, execution_date) as timestamp) as logical_at,
        cast(data_interval_start as timestamp) as data_interval_start_at,
        cast(data_interval_end as timestamp) as data_interval_end_at,
        cast(coalesce(run_after, data_interval_end, logical_date, execution_date) as timestamp) as scheduled_at,
        cast(queued_at as timestamp) as queued_at,
        cast(start_date as timestamp) as started_at,
        cast(end_date as timestamp) as ended_at,
        cast(coalesce(clear_number, 0) as integer) as clear_number,
        cast(created_dag_version_id as text) as dag_version_id,
        cast(dag_hash as text) as dag_hash,
        cast(backfill_id as text) as backfill_id,
        cast(updated_at as timestamp) as updated_at
    from source
)

select * from final
