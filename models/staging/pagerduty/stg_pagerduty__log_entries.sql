with source as (

    select * from {{ source('pagerduty', 'log_entries') }}

),

parsed as (

    select
        _source_name as source_name,
        _load_id as load_id,
        _source_file as source_file,
        document_number,
        item_number,
        log_entry_id,
        incident_id,
        {{ json_parse('log_entry', {
            'type': 'text', 'created_at': 'text', 'agent': {'type': 'text'},
            'channel': {'type': 'text', 'details': 'json'},
        }) }} as log_entry
    from source

),

final as (

    select
        {{ surrogate_key(['source_name', 'load_id', 'source_file', 'document_number', 'item_number']) }}
            as delivery_key,
        cast(source_name as text) as source_name,
        cast(log_entry_id as text) as log_entry_id,
        cast(incident_id as text) as incident_id,
        cast({{ json_field_text('log_entry', ['type']) }} as text) as entry_type,
        cast({{ parse_timestamp(json_field_text('log_entry', ['created_at'])) }} as timestamp) as occurred_at,
        cast({{ json_field_text('log_entry', ['agent', 'type']) }} as text) as agent_type,
        cast({{ json_field_text('log_entry', ['channel', 'type']) }} as text) as channel_type,
        cast({{ json_field('log_entry', ['channel', 'details']) }} as text) as details
    from parsed

)

select * from final
