with

alerts as (

    select * from {{ ref('int_alerts__resolved') }}

),

incidents as (

    select * from {{ ref('int_incidents__resolved') }}

),

labels as (

    select * from {{ ref('alert_labels') }}

),

signals as (

    select
        alert_key as signal_key,
        'alert' as signal_type,
        source_name,
        rule_name,
        title,
        service,
        labels
    from alerts
    union all
    select
        incident_key as signal_key,
        'incident' as signal_type,
        source_name,
        cast(null as text) as rule_name,
        title,
        service,
        labels
    from incidents

),

entries as (

    select
        signals.signal_key,
        signals.signal_type,
        signals.source_name,
        entry.entry_name as label_name,
        {{ json_scalar_text('entry.entry_value') }} as label_value
    from signals
    {{ json_object_entries('signals.labels', 'entry') }}

),

hints as (

    select
        entries.signal_key,
        entries.signal_type,
        entries.source_name,
        labels.meaning,
        entries.label_value as hint
    from entries
    inner join labels on entries.label_name = labels.label_name
    union all
    select
        signal_key,
        signal_type,
        source_name,
        'rule' as meaning,
        rule_name as hint
    from signals
    union all
    select
        signal_key,
        signal_type,
        source_name,
        'title' as meaning,
        title as hint
    from signals
    union all
    select
        signal_key,
        signal_type,
        source_name,
        'service' as meaning,
        service as hint
    from signals

),

final as (

    select distinct
        cast(signal_key as uuid) as signal_key,
        cast(signal_type as text) as signal_type,
        cast(source_name as text) as source_name,
        cast(meaning as text) as meaning,
        cast(hint as text) as hint
    from hints
    where hint <> ''

)

select * from final
