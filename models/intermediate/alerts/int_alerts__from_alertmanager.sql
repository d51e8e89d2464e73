with

alerts as (

    select * from {{ ref('stg_alertmanager__alerts') }}

),

merged as (

    select
        source_name,
        fingerprint,
        starts_at,
        max(alert_name) as alert_name,
        max(severity) as severity,
        max(summary) as title,
        max(runbook_url) as runbook_url,
        max(labels) as labels,
        string_agg(distinct receiver, ', ' order by receiver) as receivers,
        count(distinct notification_key) as notification_count,
        max(ends_at) filter (where status = 'resolved') as resolved_at
    from alerts
    where starts_at is not null
    group by 1, 2, 3

),

final as (

    select
        cast(source_name as text) as source_name,
        cast('alertmanager' as text) as tool,
        -- Replicas of one Alertmanager tell of the same alert, so the feed is no part of what it is.
        cast('' as text) as tool_instance,
        cast(
            fingerprint || '@' || cast(cast(extract(epoch from starts_at) * 1000000 as bigint) as text) as text
        ) as alert_id,
        cast(null as text) as incident_id,
        cast(alert_name as text) as rule_name,
        cast(title as text) as title,
        cast(null as text) as service,
        cast(severity as text) as severity,
        cast(receivers as text) as receivers,
        cast(runbook_url as text) as runbook_url,
        cast(labels as text) as labels,
        cast(starts_at as timestamp) as fired_at,
        cast(null as timestamp) as acknowledged_at,
        cast(resolved_at as timestamp) as resolved_at,
        cast(greatest(starts_at, resolved_at) as timestamp) as last_heard_at,
        cast(notification_count as bigint) as notification_count
    from merged

)

select * from final
