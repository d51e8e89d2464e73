with source as (
    select * from {{ source('airflow', 'backfill') }}
),

final as (
    select
        cast(_source_name as text) as source_name,
        cast(id as text) as backfill_id,
        cast(dag_id as text) as dag_id,
        cast(from_date as timestamp) as from_logical_at,
        cast(to_date as timestamp) as to_logical_at,
        cast(reprocess_behavior as text) as reprocess_behavior,
        cast(is_paused as boolean) as is_paused,
        cast(created_at as timestamp) as created_at,
        cast(completed_at as timestamp) as completed_at,
        cast(_is_current as boolean) as is_current
    from source
)

select * from final
