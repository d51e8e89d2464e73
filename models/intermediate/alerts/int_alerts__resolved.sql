{{ config(materialized='table') }}

with

alerts as (

    select * from {{ ref('int_alerts__from_airflow') }}
    union all
    select * from {{ ref('int_alerts__from_alertmanager') }}
    union all
    select * from {{ ref('int_alerts__from_alerts') }}
    union all
    select * from {{ ref('int_alerts__from_opsgenie') }}

),

merged as (

    select
        tool,
        tool_instance,
        alert_id,
        min(source_name) as source_name,
        string_agg(distinct source_name, ', ' order by source_name) as seen_in,
        max(incident_id) as incident_id,
        max(rule_name) as rule_name,
        max(title) as title,
        max(service) as service,
        max(severity) as severity,
        max(receivers) as receivers,
        max(runbook_url) as runbook_url,
        max(labels) as labels,
        min(fired_at) as fired_at,
        min(acknowledged_at) as acknowledged_at,
        max(resolved_at) as resolved_at,
        max(last_heard_at) as last_heard_at,
        sum(notification_count) as notification_count
    from alerts
    group by 1, 2, 3

),

final as (

    select
        {{ surrogate_key(['tool', 'tool_instance', 'alert_id']) }} as alert_key,
        cast(tool as text) as tool,
        cast(tool_instance as text) as tool_instance,
        cast(alert_id as text) as alert_id,
        cast(source_name as text) as source_name,
        cast(seen_in as text) as seen_in,
        cast(incident_id as text) as incident_id,
        cast(rule_name as text) as rule_name,
        cast(coalesce(title, rule_name, 'untitled') as text) as title,
        cast(service as text) as service,
        cast(lower(severity) as text) as severity,
        cast(receivers as text) as receivers,
        cast(runbook_url as text) as runbook_url,
        cast(labels as text) as labels,
        cast(fired_at as timestamp) as fired_at,
        cast(acknowledged_at as timestamp) as acknowledged_at,
        cast(resolved_at as timestamp) as resolved_at,
        cast(last_heard_at as timestamp) as last_heard_at,
        cast(notification_count as bigint) as notification_count
    from merged

)

select * from final
