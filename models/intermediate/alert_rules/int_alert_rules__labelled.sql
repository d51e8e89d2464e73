with

rules as (

    select * from {{ ref('int_alert_rules__versioned') }}
    where
        is_current
        and is_enabled
        and tool = 'prometheus'

),

entries as (

    select
        rules.alert_rule_key,
        entry.entry_name as label_name,
        {{ json_scalar_text('entry.entry_value') }} as label_value
    from rules
    {{ json_object_entries('rules.labels', 'entry') }}

),

-- A label that the rule sets by a template is what the series makes of it.
labels as (

    select
        alert_rule_key,
        label_name,
        label_value
    from entries
    where
        label_name <> 'alertname'
        and label_value not like '%{{ "{{" }}%'
    union all
    select
        alert_rule_key,
        'alertname' as label_name,
        rule_name as label_value
    from rules

),

final as (

    select
        cast(alert_rule_key as uuid) as alert_rule_key,
        cast(label_name as text) as label_name,
        cast(label_value as text) as label_value
    from labels

)

select * from final
