with source as (

    select * from {{ source('alert_rules', 'rules') }}

),

parsed as (

    select
        _source_name as source_name,
        content_sha256,
        document_number,
        group_number,
        rule_number,
        rule_group,
        {{ json_parse('rule', {
            'alert': 'text', 'expr': 'text', 'for': 'text',
            'labels': {'severity': 'text', 'team': 'text', 'owner': 'text'},
            'annotations': {'summary': 'text', 'description': 'text', 'runbook_url': 'text'},
        }) }} as rule,
        {{ json_parse('rule', {'labels': 'json', 'annotations': 'json'}) }} as whole
    from source

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(content_sha256 as text) as content_sha256,
        cast(document_number as bigint) as document_number,
        cast(group_number as integer) as group_number,
        cast(rule_number as integer) as rule_number,
        cast(rule_group as text) as rule_group,
        cast({{ json_field_text('rule', ['alert']) }} as text) as rule_name,
        cast({{ json_field_text('rule', ['expr']) }} as text) as expression,
        cast({{ json_field_text('rule', ['for']) }} as text) as fires_after,
        cast({{ json_field_text('rule', ['labels', 'severity']) }} as text) as severity,
        cast(
            coalesce(
                {{ json_field_text('rule', ['labels', 'team']) }}, {{ json_field_text('rule', ['labels', 'owner']) }}
            ) as text
        ) as owner,
        cast(
            coalesce(
                {{ json_field_text('rule', ['annotations', 'summary']) }},
                {{ json_field_text('rule', ['annotations', 'description']) }}
            ) as text
        ) as summary,
        cast({{ json_field_text('rule', ['annotations', 'runbook_url']) }} as text) as runbook_url,
        cast({{ json_field('whole', ['labels']) }} as text) as labels,
        cast({{ json_field('whole', ['annotations']) }} as text) as annotations
    from parsed

)

select * from final
