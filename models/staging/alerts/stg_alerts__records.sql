with source as (

    select * from {{ source('alerts', 'records') }}

),

parsed as (

    select
        _source_name as source_name,
        _load_id as load_id,
        _source_file as source_file,
        _loaded_at as loaded_at,
        document_number,
        record_type,
        tool,
        record_id,
        record,
        {{ json_parse('record', {
            'occurred_at': 'text', 'onset_at': 'text', 'acknowledged_at': 'text', 'resolved_at': 'text',
            'updated_at': 'text', 'incident_id': 'text', 'rule': 'text', 'title': 'text', 'severity': 'text',
            'service': 'text', 'channel': 'text', 'opened_by': 'text', 'cause': 'text', 'runbook_url': 'text',
            'notification_count': 'text', 'labels': 'json',
        }) }} as fields
    from source

),

final as (

    select
        {{ surrogate_key(['source_name', 'load_id', 'source_file', 'document_number']) }} as delivery_key,
        cast(source_name as text) as source_name,
        cast(source_file as text) as source_file,
        cast(document_number as bigint) as document_number,
        cast(record_type as text) as record_type,
        cast(tool as text) as tool,
        cast(record_id as text) as record_id,
        cast({{ parse_timestamp(json_field_text('fields', ['occurred_at'])) }} as timestamp) as occurred_at,
        cast({{ parse_timestamp(json_field_text('fields', ['onset_at'])) }} as timestamp) as onset_at,
        cast({{ parse_timestamp(json_field_text('fields', ['acknowledged_at'])) }} as timestamp) as acknowledged_at,
        cast({{ parse_timestamp(json_field_text('fields', ['resolved_at'])) }} as timestamp) as resolved_at,
        cast({{ parse_timestamp(json_field_text('fields', ['updated_at'])) }} as timestamp) as updated_at,
        cast({{ json_field_text('fields', ['incident_id']) }} as text) as incident_id,
        cast({{ json_field_text('fields', ['rule']) }} as text) as rule,
        cast({{ json_field_text('fields', ['title']) }} as text) as title,
        cast({{ json_field_text('fields', ['severity']) }} as text) as severity,
        cast({{ json_field_text('fields', ['service']) }} as text) as service,
        cast({{ json_field_text('fields', ['channel']) }} as text) as channel,
        cast({{ json_field_text('fields', ['opened_by']) }} as text) as opened_by,
        cast({{ json_field_text('fields', ['cause']) }} as text) as cause,
        cast({{ json_field_text('fields', ['runbook_url']) }} as text) as runbook_url,
        cast({{ to_bigint(json_field_text('fields', ['notification_count'])) }} as bigint) as notification_count,
        -- The columns themselves name the subject where there are no labels.
        cast(coalesce({{ json_field('fields', ['labels']) }}, record) as text) as labels,
        cast(loaded_at as timestamp) as loaded_at
    from parsed

)

select * from final
