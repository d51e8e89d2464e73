with

incidents as (

    select * from {{ ref('int_incidents__resolved') }}

),

incident_alerts as (

    select * from {{ ref('int_incident_alerts__linked') }}

),

alerts as (

    select * from {{ ref('int_alerts__resolved') }}

),

signals as (

    select
        incident_key,
        cast(null as uuid) as alert_key,
        opened_at as signalled_at,
        coalesce(opened_by, 'cannot_tell') as signalled_by
    from incidents
    union all
    select
        incident_key,
        cast(null as uuid) as alert_key,
        reported_at as signalled_at,
        'human' as signalled_by
    from incidents
    where reported_at is not null
    union all
    -- An alert that a human raised by hand, as Opsgenie lets them, is no monitor's.
    select
        incident_alerts.incident_key,
        incident_alerts.alert_key,
        alerts.fired_at as signalled_at,
        case
            when incidents.incident_id = alerts.alert_id and incidents.tool = alerts.tool
                then coalesce(incidents.opened_by, 'cannot_tell')
            else 'monitor'
        end as signalled_by
    from incident_alerts
    inner join alerts on incident_alerts.alert_key = alerts.alert_key
    inner join incidents on incident_alerts.incident_key = incidents.incident_key

),

ranked as (

    select
        *,
        row_number() over (
            partition by incident_key
            order by
                signalled_at asc,
                case signalled_by when 'monitor' then 1 when 'human' then 2 else 3 end asc,
                alert_key asc nulls last
        ) as signal_number
    from signals

),

final as (

    select
        cast(incident_key as uuid) as incident_key,
        cast(max(signalled_by) filter (where signal_number = 1) as text) as first_signal,
        cast(min(signalled_at) as timestamp) as detected_at,
        cast(min(signalled_at) filter (where alert_key is not null) as timestamp) as first_alert_at,
        cast(count(distinct alert_key) as bigint) as alert_count
    from ranked
    group by incident_key

)

select * from final
