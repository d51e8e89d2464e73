with source as (
    select * from {{ source('airflow', 'task_inlet_asset_reference') }}
),

final as (
    select
        cast(_source_name as text) as source_name,
        cast('asset' as text) as asset_model,
        cast(asset_id as text) as asset_id,
        cast(dag_id as text) as dag_id,
        cast(task_id as text) as task_id,
        cast(_is_current as boolean) as is_current
    from source
)

select * from final
