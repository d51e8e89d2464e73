{{ config(materialized='table') }}

with

incidents as (

    select * from {{ ref('int_incidents__resolved') }}

),

alerts as (

    select * from {{ ref('int_alerts__resolved') }}

),

subjects as (

    select * from {{ ref('int_alert_subjects__linked') }}
    where not is_ambiguous

),

links as (

    select
        incidents.incident_key,
        alerts.alert_key,
        'id' as link_method
    from incidents
    inner join alerts on incidents.incident_id = alerts.incident_id
    union
    -- An alert about the same thing that was open when the incident was opened tells of it, unless it is old.
    select
        incidents.incident_key,
        alerts.alert_key,
        'subject' as link_method
    from incidents
    inner join subjects as of_incident on incidents.incident_key = of_incident.signal_key
    inner join subjects as of_alert on of_incident.subject_key = of_alert.subject_key
    inner join alerts on of_alert.signal_key = alerts.alert_key
    where
        alerts.fired_at <= incidents.opened_at
        and coalesce(alerts.resolved_at, incidents.opened_at) >= incidents.opened_at
        and {{ seconds_between('alerts.fired_at', 'incidents.opened_at') }}
        <= {{ var('incident_alert_window_hours') }} * 3600

),

final as (

    select
        cast(incident_key as uuid) as incident_key,
        cast(alert_key as uuid) as alert_key,
        cast(min(link_method) as text) as link_method
    from links
    group by 1, 2

)

select * from final
