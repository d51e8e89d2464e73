with datasets as (
    select * from {{ source('airflow', 'task_outlet_dataset_reference') }}
),

assets as (
    select * from {{ source('airflow', 'task_outlet_asset_reference') }}
),

final as (
    select
        cast(_source_name as text) as source_name,
        cast('dataset' as text) as asset_model,
        cast(dataset_id as text) as asset_id,
        cast(dag_id as text) as dag_id,
        cast(task_id as text) as task_id,
        cast(_is_current as boolean) as is_current
    from datasets

    union all

    select
        cast(_source_name as text) as source_name,
        cast('asset' as text) as asset_model,
        cast(asset_id as text) as asset_id,
        cast(dag_id as text) as dag_id,
        cast(task_id as text) as task_id,
        cast(_is_current as boolean) as is_current
    from assets
)

select * from final
