with

records as (

    select * from {{ ref('int_alert_records__latest') }}
    where record_type = 'alert'

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(tool as text) as tool,
        cast(source_name as text) as tool_instance,
        cast(record_id as text) as alert_id,
        cast(incident_id as text) as incident_id,
        cast(rule_name as text) as rule_name,
        cast(title as text) as title,
        cast(service as text) as service,
        cast(severity as text) as severity,
        cast(channel as text) as receivers,
        cast(runbook_url as text) as runbook_url,
        cast(labels as text) as labels,
        cast(occurred_at as timestamp) as fired_at,
        cast(acknowledged_at as timestamp) as acknowledged_at,
        cast(resolved_at as timestamp) as resolved_at,
        cast(last_heard_at as timestamp) as last_heard_at,
        cast(notification_count as bigint) as notification_count
    from records

)

select * from final
