with source as (
    select * from {{ source('airflow', 'alembic_version') }}
),

final as (
    select
        cast(_source_name as text) as source_name,
        cast(version_num as text) as migration_id,
        cast(_is_current as boolean) as is_current
    from source
)

select * from final
