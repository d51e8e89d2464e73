with dataset_events as (
    select * from {{ source('airflow', 'dagrun_dataset_event') }}
),

asset_events as (
    select * from {{ source('airflow', 'dagrun_asset_event') }}
),

final as (
    select
        cast(_source_name as text) as source_name,
        cast('dataset' as text) as asset_model,
        cast(dag_run_id as text) as dag_run_id,
        cast(event_id as text) as asset_event_id
    from dataset_events

    union all

    select
        cast(_source_name as text) as source_name,
        cast('asset' as text) as asset_model,
        cast(dag_run_id as text) as dag_run_id,
        cast(event_id as text) as asset_event_id
    from asset_events
)

select * from final
