with source as (

    select * from {{ source('alert_rules', 'files') }}

),

final as (

    select
        cast(_source_name as text) as source_name,
        cast(_source_file as text) as source_file,
        cast(content_sha256 as text) as content_sha256,
        cast(modified_at as timestamp) as modified_at,
        cast(_loaded_at as timestamp) as loaded_at
    from source

)

select * from final
