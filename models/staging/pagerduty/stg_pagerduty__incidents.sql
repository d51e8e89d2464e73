with source as (

    select * from {{ source('pagerduty', 'incidents') }}

),

parsed as (

    select
        _source_name as source_name,
        _load_id as load_id,
        _source_file as source_file,
        document_number,
        item_number,
        incident_id,
        {{ json_parse('incident', {
            'title': 'text', 'status': 'text', 'urgency': 'text', 'incident_key': 'text', 'created_at': 'text',
            'updated_at': 'text', 'last_status_change_at': 'text', 'resolved_at': 'text',
            'priority': {'summary': 'text'}, 'service': {'summary': 'text'},
            'resolve_reason': {'type': 'text', 'incident': {'id': 'text'}},
        }) }} as incident
    from source

),

final as (

    select
        {{ surrogate_key(['source_name', 'load_id', 'source_file', 'document_number', 'item_number']) }}
            as incident_state_key,
        cast(source_name as text) as source_name,
        cast(incident_id as text) as incident_id,
        cast({{ json_field_text('incident', ['status']) }} as text) as status,
        cast({{ json_field_text('incident', ['title']) }} as text) as title,
        cast({{ json_field_text('incident', ['urgency']) }} as text) as urgency,
        cast({{ json_field_text('incident', ['priority', 'summary']) }} as text) as priority,
        cast({{ json_field_text('incident', ['service', 'summary']) }} as text) as service,
        cast({{ json_field_text('incident', ['incident_key']) }} as text) as incident_key,
        cast({{ parse_timestamp(json_field_text('incident', ['created_at'])) }} as timestamp) as created_at,
        cast({{ parse_timestamp(json_field_text('incident', ['updated_at'])) }} as timestamp) as updated_at,
        cast({{ parse_timestamp(json_field_text('incident', ['last_status_change_at'])) }} as timestamp)
            as last_status_change_at,
        cast({{ parse_timestamp(json_field_text('incident', ['resolved_at'])) }} as timestamp) as resolved_at,
        cast({{ json_field_text('incident', ['resolve_reason', 'type']) }} as text) as resolve_reason,
        cast({{ json_field_text('incident', ['resolve_reason', 'incident', 'id']) }} as text)
            as merged_into_incident_id
    from parsed

)

select * from final
