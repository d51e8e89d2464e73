with source as (

    select * from {{ source('alertmanager', 'notifications') }}

),

parsed as (

    select
        _source_name as source_name,
        _load_id as load_id,
        _source_file as source_file,
        _loaded_at as loaded_at,
        document_number,
        receiver,
        status,
        group_key,
        {{ json_parse('notification', {'truncatedAlerts': 'text', 'alerts': 'json'}) }} as notification
    from source

),

final as (

    select
        {{ surrogate_key(['source_name', 'load_id', 'source_file', 'document_number']) }} as notification_key,
        cast(source_name as text) as source_name,
        cast(source_file as text) as source_file,
        cast(document_number as bigint) as document_number,
        cast(receiver as text) as receiver,
        cast(lower(status) as text) as status,
        cast(group_key as text) as group_key,
        cast(coalesce({{ to_bigint(json_field_text('notification', ['truncatedAlerts'])) }}, 0) as bigint)
            as truncated_alert_count,
        {{ json_field('notification', ['alerts']) }} as alerts,
        cast(loaded_at as timestamp) as loaded_at
    from parsed

)

select * from final
