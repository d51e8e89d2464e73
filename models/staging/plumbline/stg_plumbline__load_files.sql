with source as (

    select * from {{ source('plumbline', 'load_files') }}

),

final as (

    select
        cast(_source_name as text) as source_name,
        cast(_source_file as text) as source_file,
        cast(content_sha256 as text) as content_sha256,
        cast(_load_id as text) as load_id,
        cast(consumed_bytes as bigint) as consumed_bytes,
        cast(size_bytes as bigint) as size_bytes,
        cast(modified_at as timestamp) as modified_at,
        cast(consumed_lines as bigint) as consumed_lines,
        cast(records_landed as bigint) as records_landed,
        cast(records_rejected as bigint) as records_rejected,
        cast(_loaded_at as timestamp) as loaded_at
    from source

)

select * from final
