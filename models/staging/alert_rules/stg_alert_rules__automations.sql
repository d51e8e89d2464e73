with source as (

    select * from {{ source('alert_rules', 'automations') }}

),

parsed as (

    select
        _source_name as source_name,
        content_sha256,
        document_number,
        automation_id,
        {{ json_parse('automation', {
            'name': 'text', 'description': 'text', 'enabled': 'text', 'trigger': 'json', 'actions': 'json',
        }) }} as automation
    from source

),

triggered as (

    select
        *,
        cast({{ json_field('automation', ['trigger']) }} as text) as trigger_text,
        {{ json_parse(json_field('automation', ['trigger']), {
            'type': 'text', 'require': 'text', 'within': 'text', 'triggers': 'json',
        }) }} as trigger
    from parsed

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(content_sha256 as text) as content_sha256,
        cast(document_number as bigint) as document_number,
        cast(automation_id as text) as automation_id,
        cast({{ json_field_text('automation', ['name']) }} as text) as rule_name,
        cast(nullif({{ json_field_text('automation', ['description']) }}, '') as text) as summary,
        cast(coalesce(lower({{ json_field_text('automation', ['enabled']) }}), 'true') = 'true' as boolean)
            as is_enabled,
        cast({{ json_field_text('trigger', ['type']) }} as text) as trigger_type,
        cast({{ json_field_text('trigger', ['require']) }} as text) as required,
        cast({{ json_field_text('trigger', ['within']) }} as double precision) as within_seconds,
        cast(
            case
                when {{ json_field_text('trigger', ['type']) }} in ('compound', 'sequence')
                    then cast({{ json_field('trigger', ['triggers']) }} as text)
                else '[' || trigger_text || ']'
            end as text
        ) as triggers,
        cast({{ json_field('automation', ['actions']) }} as text) as actions
    from triggered

)

select * from final
