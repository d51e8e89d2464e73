with source as (

    select * from {{ source('pagerduty', 'events') }}

),

parsed as (

    select
        _source_name as source_name,
        _load_id as load_id,
        _source_file as source_file,
        document_number,
        event_id,
        event_type,
        {{ json_parse('event', {
            'occurred_at': 'text',
            'agent': {'type': 'text'},
            'client': {'name': 'text'},
            'data': {
                'id': 'text', 'type': 'text', 'status': 'text', 'title': 'text', 'urgency': 'text',
                'incident_key': 'text', 'created_at': 'text',
                'priority': {'summary': 'text'}, 'service': {'summary': 'text'},
                'resolve_reason': {'type': 'text', 'incident': {'id': 'text'}},
            },
        }) }} as event
    from source

),

final as (

    select
        {{ surrogate_key(['source_name', 'load_id', 'source_file', 'document_number']) }} as delivery_key,
        cast(source_name as text) as source_name,
        cast(event_id as text) as event_id,
        cast(event_type as text) as event_type,
        cast({{ parse_timestamp(json_field_text('event', ['occurred_at'])) }} as timestamp) as occurred_at,
        cast({{ json_field_text('event', ['agent', 'type']) }} as text) as agent_type,
        cast({{ json_field_text('event', ['client', 'name']) }} as text) as client_name,
        cast({{ json_field_text('event', ['data', 'type']) }} as text) as resource_type,
        cast({{ json_field_text('event', ['data', 'id']) }} as text) as incident_id,
        cast({{ json_field_text('event', ['data', 'status']) }} as text) as status,
        cast({{ json_field_text('event', ['data', 'title']) }} as text) as title,
        cast({{ json_field_text('event', ['data', 'urgency']) }} as text) as urgency,
        cast({{ json_field_text('event', ['data', 'priority', 'summary']) }} as text) as priority,
        cast({{ json_field_text('event', ['data', 'service', 'summary']) }} as text) as service,
        cast({{ json_field_text('event', ['data', 'incident_key']) }} as text) as incident_key,
        cast({{ parse_timestamp(json_field_text('event', ['data', 'created_at'])) }} as timestamp) as created_at,
        cast({{ json_field_text('event', ['data', 'resolve_reason', 'type']) }} as text) as resolve_reason,
        cast({{ json_field_text('event', ['data', 'resolve_reason', 'incident', 'id']) }} as text)
            as merged_into_incident_id
    from parsed

)

select * from final
