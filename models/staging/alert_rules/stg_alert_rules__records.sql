with source as (

    select * from {{ source('alert_rules', 'records') }}

),

parsed as (

    select
        _source_name as source_name,
        content_sha256,
        document_number,
        tool,
        rule,
        {{ json_parse('record', {
            'group': 'text', 'severity': 'text', 'expression': 'text', 'fires_after': 'text', 'owner': 'text',
            'summary': 'text', 'runbook_url': 'text', 'channel': 'text', 'is_enabled': 'text',
        }) }} as fields
    from source

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(content_sha256 as text) as content_sha256,
        cast(document_number as bigint) as document_number,
        cast(tool as text) as tool,
        cast({{ json_field_text('fields', ['group']) }} as text) as rule_group,
        cast(rule as text) as rule_name,
        cast({{ json_field_text('fields', ['expression']) }} as text) as expression,
        cast({{ json_field_text('fields', ['fires_after']) }} as text) as fires_after,
        cast({{ json_field_text('fields', ['severity']) }} as text) as severity,
        cast({{ json_field_text('fields', ['owner']) }} as text) as owner,
        cast({{ json_field_text('fields', ['summary']) }} as text) as summary,
        cast({{ json_field_text('fields', ['runbook_url']) }} as text) as runbook_url,
        cast({{ json_field_text('fields', ['channel']) }} as text) as channel,
        cast(
            coalesce(lower({{ json_field_text('fields', ['is_enabled']) }}), 'true') not in ('false', 'no', '0')
            as boolean
        ) as is_enabled
    from parsed

)

select * from final
