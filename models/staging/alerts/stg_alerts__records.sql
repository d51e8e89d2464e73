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
        {% for name in ['occurred_at', 'onset_at', 'acknowledged_at', 'resolved_at', 'updated_at'] -%}
        cast({{ parse_timestamp(json_field_text('fields', [name])) }} as timestamp) as {{ name }},
        {% endfor -%}
        {% for name in [
            'incident_id', 'rule', 'title', 'severity', 'service', 'channel', 'opened_by', 'cause', 'runbook_url'
        ] -%}
        cast({{ json_field_text('fields', [name]) }} as text) as {{ name }},
        {% endfor -%}
        cast({{ to_bigint(json_field_text('fields', ['notification_count'])) }} as bigint) as notification_count,
        -- The columns themselves name the subject where there are no labels.
        cast(coalesce({{ json_field('fields', ['labels']) }}, record) as text) as labels,
        cast(loaded_at as timestamp) as loaded_at
    from parsed

)

select * from final
