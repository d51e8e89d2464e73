with

alerts as (

    select * from {{ ref('int_alerts__from_opsgenie') }}

),

openings as (

    select
        source_name,
        alert_id,
        min(case when lower(source_type) = 'web' then 'human' else 'monitor' end) as opened_by
    from {{ ref('stg_opsgenie__events') }}
    where lower(action) = 'create'
    group by 1, 2

),

final as (

    select
        cast(alerts.source_name as text) as source_name,
        cast(alerts.tool as text) as tool,
        cast(alerts.tool_instance as text) as tool_instance,
        cast(alerts.incident_id as text) as incident_id,
        cast(null as text) as of_incident_id,
        cast(null as text) as merged_into_incident_id,
        cast(alerts.title as text) as title,
        cast(alerts.service as text) as service,
        cast(alerts.severity as text) as severity,
        cast(alerts.labels as text) as labels,
        cast(openings.opened_by as text) as opened_by,
        cast(null as text) as cause,
        cast(null as timestamp) as onset_at,
        cast(alerts.fired_at as timestamp) as opened_at,
        cast(alerts.acknowledged_at as timestamp) as acknowledged_at,
        cast(alerts.resolved_at as timestamp) as resolved_at,
        cast(alerts.last_heard_at as timestamp) as last_heard_at
    from alerts
    left join openings
        on
            alerts.source_name = openings.source_name
            and alerts.alert_id = openings.alert_id

)

select * from final
