{{ config(materialized='table') }}

with

incidents as (

    select * from {{ ref('int_incidents__from_alerts') }}
    union all
    select * from {{ ref('int_incidents__from_opsgenie') }}
    union all
    select * from {{ ref('int_incidents__from_pagerduty') }}

),

known as (

    select incident_id from incidents
    where of_incident_id is null

),

reports as (

    select
        of_incident_id,
        min(opened_at) as reported_at
    from incidents
    where of_incident_id is not null
    group by 1

),

-- Feeds that tell of one incident know different parts of it; the last that was heard of it says whether it is open.
merged as (

    select
        tool,
        tool_instance,
        incident_id,
        min(source_name) as source_name,
        max(merged_into_incident_id) as merged_into_incident_id,
        max(title) as title,
        max(service) as service,
        max(severity) as severity,
        max(labels) as labels,
        min(opened_by) as opened_by,
        max(cause) as cause,
        min(onset_at) as onset_at,
        min(opened_at) as opened_at,
        min(acknowledged_at) as acknowledged_at,
        (array_agg(resolved_at order by last_heard_at desc, source_name asc))[1] as resolved_at,
        max(last_heard_at) as last_heard_at
    from incidents
    where
        of_incident_id is null
        or of_incident_id not in (select known.incident_id from known)
    group by 1, 2, 3

),

final as (

    select
        -- What Opsgenie tells of is an alert and an incident, with keys of their own.
        {{ surrogate_key(["'incident'", 'merged.tool', 'merged.tool_instance', 'merged.incident_id']) }}
            as incident_key,
        cast(merged.tool as text) as tool,
        cast(merged.tool_instance as text) as tool_instance,
        cast(merged.incident_id as text) as incident_id,
        cast(merged.source_name as text) as source_name,
        cast(merged.merged_into_incident_id as text) as merged_into_incident_id,
        cast(coalesce(merged.title, 'untitled') as text) as title,
        cast(merged.service as text) as service,
        cast(lower(merged.severity) as text) as severity,
        cast(merged.labels as text) as labels,
        cast(merged.opened_by as text) as opened_by,
        cast(merged.cause as text) as cause,
        cast(merged.onset_at as timestamp) as onset_at,
        cast(merged.opened_at as timestamp) as opened_at,
        cast(reports.reported_at as timestamp) as reported_at,
        cast(merged.acknowledged_at as timestamp) as acknowledged_at,
        cast(merged.resolved_at as timestamp) as resolved_at,
        cast(greatest(merged.last_heard_at, reports.reported_at) as timestamp) as last_heard_at
    from merged
    left join reports on merged.incident_id = reports.of_incident_id

)

select * from final
