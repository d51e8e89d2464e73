with

sightings as (

    select * from {{ ref('int_pagerduty_incidents__sighted') }}

),

merged as (

    select
        source_name,
        incident_id,
        (array_agg(title order by seen_at desc, title desc) filter (where title is not null))[1] as title,
        (array_agg(service order by seen_at desc, service desc) filter (where service is not null))[1] as service,
        (array_agg(severity order by seen_at desc, severity desc) filter (where severity is not null))[1] as severity,
        max(details) as details,
        max(merged_into_incident_id) as merged_into_incident_id,
        min(done_by) filter (where what = 'triggered') as opened_by,
        coalesce(least(min(created_at), min(seen_at) filter (where what = 'triggered')), min(seen_at)) as opened_at,
        min(seen_at) filter (where what = 'acknowledged') as acknowledged_at,
        max(seen_at) filter (where what = 'resolved') as resolved_at,
        max(seen_at) filter (where what in ('reopened', 'open')) as reopened_at,
        max(seen_at) as last_heard_at
    from sightings
    group by 1, 2

),

final as (

    select
        cast(source_name as text) as source_name,
        cast('pagerduty' as text) as tool,
        cast('' as text) as tool_instance,
        cast(incident_id as text) as incident_id,
        cast(null as text) as of_incident_id,
        cast(merged_into_incident_id as text) as merged_into_incident_id,
        cast(title as text) as title,
        cast(service as text) as service,
        cast(severity as text) as severity,
        cast(details as text) as labels,
        cast(opened_by as text) as opened_by,
        cast(null as text) as cause,
        cast(null as timestamp) as onset_at,
        cast(opened_at as timestamp) as opened_at,
        cast(acknowledged_at as timestamp) as acknowledged_at,
        -- An incident that was opened again is open.
        cast(
            case when resolved_at > reopened_at or reopened_at is null then resolved_at end as timestamp
        ) as resolved_at,
        cast(last_heard_at as timestamp) as last_heard_at
    from merged

)

select * from final
