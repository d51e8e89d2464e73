with datasets as (
    select * from {{ source('airflow', 'dataset') }}
),

assets as (
    select * from {{ source('airflow', 'asset') }}
),

final as (
    select
        cast(_source_name as text) as source_name,
        cast('dataset' as text) as asset_model,
        cast(id as text) as asset_id,
        cast(uri as text) as uri,
        cast(null as text) as asset_name,
        cast(null as text) as asset_group,
        cast(_is_current and not coalesce(is_orphaned, false) as boolean) as is_current
    from datasets

    union all

    select
        cast(_source_name as text) as source_name,
        cast('asset' as text) as asset_model,
        cast(id as text) as asset_id,
        cast(uri as text) as uri,
        cast(name as text) as asset_name,
        cast("group" as text) as asset_group,
        cast(_is_current as boolean) as is_current
    from assets
)

select * from final
