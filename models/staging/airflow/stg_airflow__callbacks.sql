with source as (
    select * from {{ source('airflow', 'callback') }}
),

final as (
    select
        cast(_source_name as text) as source_name,
        cast(id as text) as callback_id,
        cast(type as text) as callback_type,
        cast(lower(state) as text) as state,
        cast(output as text) as output,
        cast(created_at as timestamp) as created_at,
        cast(_is_current as boolean) as is_current
    from source
)

select * from final
