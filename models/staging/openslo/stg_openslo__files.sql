with source as (

    select * from {{ source('openslo', 'files') }}

),

final as (

    select
        cast(_source_name as text) as source_name,
        cast(_source_file as text) as source_file,
        cast(_load_id as text) as load_id,
        cast(content_sha256 as text) as content_sha256,
        cast(is_gone as boolean) as is_gone,
        cast(object_count as bigint) as object_count,
        cast(rejected_count as bigint) as rejected_count,
        cast(_loaded_at as timestamp) as loaded_at
    from source

)

select * from final
