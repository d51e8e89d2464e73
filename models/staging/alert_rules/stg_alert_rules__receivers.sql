with source as (

    select * from {{ source('alert_rules', 'receivers') }}

),

final as (

    select
        cast(_source_name as text) as source_name,
        cast(content_sha256 as text) as content_sha256,
        cast(document_number as bigint) as document_number,
        cast(receiver as text) as receiver,
        cast(integration_number as integer) as integration_number,
        cast(integration as text) as integration,
        cast(destination as text) as destination
    from source

)

select * from final
