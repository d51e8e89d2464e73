with

events as (

    select * from {{ ref('stg_pagerduty__events') }}
    where resource_type = 'incident'

),

incidents as (

    select * from {{ ref('stg_pagerduty__incidents') }}

),

log_entries as (

    select * from {{ ref('stg_pagerduty__log_entries') }}

),

-- PagerDuty delivers an event at least once, and an answer repeats what an earlier one said: union takes each once.
sightings as (

    select
        source_name,
        incident_id,
        replace(event_type, 'incident.', '') as what,
        occurred_at as seen_at,
        created_at,
        title,
        service,
        coalesce(priority, urgency) as severity,
        merged_into_incident_id,
        cast(null as text) as details,
        case
            when agent_type = 'user_reference' then 'human'
            when coalesce(agent_type, client_name) is not null then 'monitor'
        end as done_by
    from events
    union
    select
        source_name,
        incident_id,
        case status when 'triggered' then 'open' else status end as what,
        coalesce(resolved_at, last_status_change_at, updated_at, created_at) as seen_at,
        created_at,
        title,
        service,
        coalesce(priority, urgency) as severity,
        merged_into_incident_id,
        cast(null as text) as details,
        cast(null as text) as done_by
    from incidents
    union
    select
        source_name,
        incident_id,
        case entry_type
            when 'trigger_log_entry' then 'triggered'
            when 'acknowledge_log_entry' then 'acknowledged'
            when 'resolve_log_entry' then 'resolved'
            when 'reopen_log_entry' then 'reopened'
            else entry_type
        end as what,
        occurred_at as seen_at,
        cast(null as timestamp) as created_at,
        cast(null as text) as title,
        cast(null as text) as service,
        cast(null as text) as severity,
        cast(null as text) as merged_into_incident_id,
        details,
        case
            when agent_type = 'user_reference' or channel_type = 'web_trigger' then 'human'
            when coalesce(agent_type, channel_type) is not null then 'monitor'
        end as done_by
    from log_entries

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(incident_id as text) as incident_id,
        cast(what as text) as what,
        cast(seen_at as timestamp) as seen_at,
        cast(created_at as timestamp) as created_at,
        cast(title as text) as title,
        cast(service as text) as service,
        cast(severity as text) as severity,
        cast(merged_into_incident_id as text) as merged_into_incident_id,
        cast(case when what = 'triggered' then details end as text) as details,
        cast(done_by as text) as done_by
    from sightings

)

select * from final
