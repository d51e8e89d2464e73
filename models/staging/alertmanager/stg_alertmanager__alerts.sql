with notifications as (

    select * from {{ ref('stg_alertmanager__notifications') }}

),

parsed as (

    select
        notifications.notification_key,
        notifications.source_name,
        notifications.receiver,
        alert.element_index as alert_index,
        alert.element as alert
    from notifications
    {{ json_array_elements('notifications.alerts', 'alert', {
        'status': 'text',
        'fingerprint': 'text',
        'startsAt': 'text',
        'endsAt': 'text',
        'generatorURL': 'text',
        'labels': 'json',
        'annotations': {'summary': 'text', 'description': 'text', 'runbook_url': 'text'},
    }) }}

),

read as (

    select
        *,
        {{ json_parse(json_field('alert', ['labels']), {'alertname': 'text', 'severity': 'text'}) }} as known_labels,
        {{ json_field_text('alert', ['startsAt']) }} as starts_at_text,
        {{ json_field_text('alert', ['endsAt']) }} as ends_at_text
    from parsed

),

final as (

    select
        cast(notification_key as uuid) as notification_key,
        cast(alert_index as bigint) as alert_index,
        cast(source_name as text) as source_name,
        cast(receiver as text) as receiver,
        cast({{ json_field_text('alert', ['fingerprint']) }} as text) as fingerprint,
        cast(lower({{ json_field_text('alert', ['status']) }}) as text) as status,
        cast({{ parse_timestamp('starts_at_text') }} as timestamp) as starts_at,
        -- While an alert fires, its end is Go's zero time.
        cast(
            case when ends_at_text not like '0001-01-01%' then {{ parse_timestamp('ends_at_text') }} end as timestamp
        ) as ends_at,
        cast({{ json_field_text('known_labels', ['alertname']) }} as text) as alert_name,
        cast({{ json_field_text('known_labels', ['severity']) }} as text) as severity,
        cast(
            coalesce(
                {{ json_field_text('alert', ['annotations', 'summary']) }},
                {{ json_field_text('alert', ['annotations', 'description']) }}
            ) as text
        ) as summary,
        cast({{ json_field_text('alert', ['annotations', 'runbook_url']) }} as text) as runbook_url,
        cast({{ json_field_text('alert', ['generatorURL']) }} as text) as generator_url,
        cast({{ json_field('alert', ['labels']) }} as text) as labels
    from read

)

select * from final
