with

events as (

    select * from {{ ref('stg_opsgenie__events') }}

),

merged as (

    select
        source_name,
        alert_id,
        min(created_at) as fired_at,
        min(updated_at) filter (where lower(action) = 'acknowledge') as acknowledged_at,
        max(updated_at) filter (where lower(action) in ('close', 'delete')) as resolved_at,
        max(updated_at) as last_heard_at,
        max(message) as title,
        max(entity) as entity,
        max(details) as details,
        (array_agg(priority order by updated_at desc, priority desc))[1] as priority
    from events
    group by 1, 2

),

final as (

    select
        cast(source_name as text) as source_name,
        cast('opsgenie' as text) as tool,
        cast('' as text) as tool_instance,
        cast(alert_id as text) as alert_id,
        cast(alert_id as text) as incident_id,
        cast(null as text) as rule_name,
        cast(title as text) as title,
        cast(entity as text) as service,
        -- Older payloads count priorities, newer ones name them.
        cast(case when priority between '1' and '5' then 'P' || priority else priority end as text) as severity,
        cast(null as text) as receivers,
        cast(null as text) as runbook_url,
        cast(details as text) as labels,
        cast(fired_at as timestamp) as fired_at,
        cast(acknowledged_at as timestamp) as acknowledged_at,
        cast(resolved_at as timestamp) as resolved_at,
        cast(greatest(fired_at, last_heard_at) as timestamp) as last_heard_at,
        cast(null as bigint) as notification_count
    from merged
    where fired_at is not null

)

select * from final
