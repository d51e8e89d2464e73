with dataset_events as (
    select * from {{ source('airflow', 'dataset_event') }}
),

asset_events as (
    select * from {{ source('airflow', 'asset_event') }}
),

final as (
    select
        cast(_source_name as text) as source_name,
        cast('dataset' as text) as asset_model,
        cast(id as text) as asset_event_id,
        cast(dataset_id as text) as asset_id,
        cast(source_dag_id as text) as dag_id,
        cast(source_task_id as text) as task_id,
        cast(source_run_id as text) as run_id,
        cast(coalesce(source_map_index, -1) as integer) as map_index,
        cast("timestamp" as timestamp) as occurred_at
    from dataset_events

    union all

    select
        cast(_source_name as text) as source_name,
        cast('asset' as text) as asset_model,
        cast(id as text) as asset_event_id,
        cast(asset_id as text) as asset_id,
        cast(source_dag_id as text) as dag_id,
        cast(source_task_id as text) as task_id,
        cast(source_run_id as text) as run_id,
        cast(coalesce(source_map_index, -1) as integer) as map_index,
        cast("timestamp" as timestamp) as occurred_at
    from asset_events
)

select * from final
