with

automations as (

    select * from {{ ref('stg_alert_rules__automations') }}

),

triggers as (

    select
        automations.source_name,
        automations.content_sha256,
        automations.document_number,
        cast(trigger.element_index as bigint) as trigger_number,
        {{ json_field_text('trigger.element', ['type']) }} as trigger_type,
        {{ json_field_text('trigger.element', ['posture']) }} as posture,
        cast({{ json_field_text('trigger.element', ['threshold']) }} as double precision) as threshold,
        cast({{ json_field_text('trigger.element', ['within']) }} as double precision) as within_seconds,
        cast({{ json_field('trigger.element', ['expect']) }} as text) as expected,
        cast({{ json_field('trigger.element', ['match']) }} as text) as matching,
        cast({{ json_field('trigger.element', ['match_related']) }} as text) as related,
        {{ json_field_text('trigger.element', ['metric', 'name']) }}
        || ' ' || {{ json_field_text('trigger.element', ['metric', 'operator']) }}
        || ' ' || {{ json_field_text('trigger.element', ['metric', 'threshold']) }} as metric,
        cast({{ json_field_text('trigger.element', ['metric', 'firing_for']) }} as double precision)
            as firing_for_seconds
    from automations
    {{ json_array_elements('automations.triggers', 'trigger', {
        'type': 'text', 'posture': 'text', 'threshold': 'text', 'within': 'text', 'expect': 'json', 'match': 'json',
        'match_related': 'json',
        'metric': {'name': 'text', 'operator': 'text', 'threshold': 'text', 'firing_for': 'text'},
    }) }}

),

events as (

    select
        triggers.source_name,
        triggers.content_sha256,
        triggers.document_number,
        triggers.trigger_number,
        string_agg(
            {{ json_scalar_text('event.element') }}, ' or ' order by {{ json_scalar_text('event.element') }}
        ) as names
    from triggers
    {{ json_array_elements('triggers.expected', 'event') }}
    group by 1, 2, 3, 4

),

conditions as (

    select
        triggers.source_name,
        triggers.content_sha256,
        triggers.document_number,
        triggers.trigger_number,
        entry.entry_name || '=' || replace({{ json_scalar_text('entry.entry_value') }}, '", "', '","') as condition
    from triggers
    {{ json_object_entries('triggers.matching', 'entry') }}
    union
    select
        triggers.source_name,
        triggers.content_sha256,
        triggers.document_number,
        triggers.trigger_number,
        entry.entry_name || '=' || replace({{ json_scalar_text('entry.entry_value') }}, '", "', '","') as condition
    from triggers
    {{ json_object_entries('triggers.related', 'entry') }}

),

where_clauses as (

    select
        source_name,
        content_sha256,
        document_number,
        trigger_number,
        string_agg(condition, ', ' order by condition) as conditions
    from conditions
    group by 1, 2, 3, 4

),

final as (

    select
        cast(triggers.source_name as text) as source_name,
        cast(triggers.content_sha256 as text) as content_sha256,
        cast(triggers.document_number as bigint) as document_number,
        cast(triggers.trigger_number as bigint) as trigger_number,
        cast(triggers.trigger_type as text) as trigger_type,
        cast(coalesce(triggers.posture = 'Proactive', false) as boolean) as is_of_absence,
        cast(
            coalesce(events.names, triggers.metric, 'any event')
            || coalesce(' where ' || where_clauses.conditions, '') as text
        ) as expression,
        cast(triggers.threshold as double precision) as threshold,
        cast(coalesce(triggers.within_seconds, triggers.firing_for_seconds) as double precision) as within_seconds
    from triggers
    left join events
        on
            triggers.source_name = events.source_name
            and triggers.content_sha256 = events.content_sha256
            and triggers.document_number = events.document_number
            and triggers.trigger_number = events.trigger_number
    left join where_clauses
        on
            triggers.source_name = where_clauses.source_name
            and triggers.content_sha256 = where_clauses.content_sha256
            and triggers.document_number = where_clauses.document_number
            and triggers.trigger_number = where_clauses.trigger_number

)

select * from final
