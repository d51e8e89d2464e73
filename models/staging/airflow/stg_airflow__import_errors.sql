with source as (
    select * from {{ source('airflow', 'import_error') }}
),

final as (
    select
        cast(_source_name as text) as source_name,
        cast(id as text) as import_error_id,
        cast(filename as text) as file_location,
        cast(bundle_name as text) as bundle_name,
        cast(stacktrace as text) as error_message,
        cast("timestamp" as timestamp) as last_tried_at,
        cast(_is_current as boolean) as is_current
    from source
)

select * from final
