with source as (

    select * from {{ source('plumbline', 'rejected_records') }}

),

final as (

    select
        cast(_source_name as text) as source_name,
        cast(feed_kind as text) as feed_kind,
        cast(_source_file as text) as source_file,
        cast(line_number as bigint) as line_number,
        cast(_load_id as text) as load_id,
        cast(reason as text) as reason,
        cast(content as text) as content,
        cast(_loaded_at as timestamp) as rejected_at
    from source

)

select * from final
