with source as (

    select * from {{ source('opsgenie', 'events') }}

),

parsed as (

    select
        _source_name as source_name,
        _load_id as load_id,
        _source_file as source_file,
        document_number,
        action,
        alert_id,
        {{ json_parse('event', {
            'source': {'type': 'text'},
            'alert': {
                'message': 'text', 'alias': 'text', 'entity': 'text', 'priority': 'text', 'createdAt': 'text',
                'updatedAt': 'text', 'details': 'json',
            },
        }) }} as event
    from source

),

-- createdAt counts milliseconds, updatedAt nanoseconds.
counted as (

    select
        *,
        {{ to_bigint(json_field_text('event', ['alert', 'createdAt'])) }} * 1000 as created_microseconds,
        {{ json_field_text('event', ['alert', 'updatedAt']) }} as updated_nanoseconds
    from parsed

),

final as (

    select
        {{ surrogate_key(['source_name', 'load_id', 'source_file', 'document_number']) }} as delivery_key,
        cast(source_name as text) as source_name,
        cast(alert_id as text) as alert_id,
        cast(action as text) as action,
        cast({{ json_field_text('event', ['source', 'type']) }} as text) as source_type,
        cast({{ json_field_text('event', ['alert', 'message']) }} as text) as message,
        cast({{ json_field_text('event', ['alert', 'alias']) }} as text) as alias,
        cast(nullif({{ json_field_text('event', ['alert', 'entity']) }}, '') as text) as entity,
        cast({{ json_field_text('event', ['alert', 'priority']) }} as text) as priority,
        cast({{ from_epoch('created_microseconds') }} as timestamp) as created_at,
        cast(
            {{ from_epoch(to_bigint('left(updated_nanoseconds, greatest(length(updated_nanoseconds) - 3, 0))')) }}
            as timestamp
        ) as updated_at,
        cast({{ json_field('event', ['alert', 'details']) }} as text) as details
    from counted

)

select * from final
