with source as (

    select * from {{ source('plumbline', 'loads') }}

),

final as (

    select
        cast(_source_name as text) as source_name,
        cast(load_id as text) as load_id,
        cast(feed_kind as text) as feed_kind,
        cast(state as text) as state,
        cast(started_at as timestamp) as started_at,
        cast(ended_at as timestamp) as ended_at,
        cast(files_or_tables as bigint) as files_or_tables,
        cast(records_landed as bigint) as records_landed,
        cast(records_rejected as bigint) as records_rejected,
        cast(error_message as text) as error_message,
        cast(plumbline_version as text) as plumbline_version
    from source

)

select * from final
