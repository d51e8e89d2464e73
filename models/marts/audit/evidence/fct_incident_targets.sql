with

thresholds as (

    {{ subject_thresholds('IN03', [
        'window_days', 'acknowledge_minutes', 'resolve_hours', 'low_acknowledge_minutes', 'low_resolve_hours'
    ]) }}

),

-- A tool that never tells of a cause, or of who took an incident up, cannot be blamed for the one that lacks it.
tools as (

    select
        tool,
        count(reported_cause) > 0 as tells_causes,
        count(acknowledged_at) > 0 as tells_acknowledgements
    from {{ ref('fct_incidents') }}
    group by 1

),

-- An open incident of a source that is silent by now may have been resolved since.
silent_sources as (

    select
        source_name,
        min(silent_from) as silent_from
    from {{ ref('fct_alert_source_silences') }}
    where part = 'after'
    group by 1

),

dated as (

    select
        incidents.*,
        newest.as_of_at,
        tools.tells_causes,
        tools.tells_acknowledgements,
        coalesce(silent_sources.silent_from < newest.as_of_at, true) as is_silent,
        coalesce(incidents.severity in ('critical', 'fatal', 'emergency', 'urgent', 'high', 'major', 'p1', 'p2'), false)
            as is_urgent,
        {{ is_waiting_for_others('resolved.title', 'resolved.labels') }} as is_waiting,
        {{ seconds_between('incidents.detected_at', 'newest.as_of_at') }} as open_seconds
    from {{ ref('fct_incidents') }} as incidents
    inner join {{ ref('int_incidents__resolved') }} as resolved on incidents.incident_key = resolved.incident_key
    inner join tools on incidents.tool = tools.tool
    left join {{ ref('int_sources__as_of') }} as newest on newest.source_name = '*'
    left join silent_sources on incidents.source_name = silent_sources.source_name

),

targeted as (

    select
        dated.*,
        {{ threshold('window_days') }} as window_days,
        60 * case
            when dated.is_urgent then {{ threshold('acknowledge_minutes') }}
            else {{ threshold('low_acknowledge_minutes') }}
        end as acknowledge_seconds,
        3600 * case
            when dated.is_urgent then {{ threshold('resolve_hours') }}
            else {{ threshold('low_resolve_hours') }}
        end as resolve_seconds
    from dated
    {{ join_thresholds('dated.incident_key') }}

),

judged as (

    select
        *,
        case
            when merged_into_incident_key <> {{ unknown_key() }} then 'merged'
            when
                not is_open
                and resolved_at < as_of_at - window_days * interval '1 day'
                then 'old'
            when not is_open and coalesce(trim(reported_cause), '') <> '' then 'closed'
            when not is_open and tells_causes then 'without cause'
            when not is_open then 'causes untold'
            when is_silent then 'silent'
            when acknowledged_at is null and tells_acknowledgements and open_seconds > acknowledge_seconds
                then 'not taken up'
            when is_waiting then 'waiting'
            when open_seconds > resolve_seconds then 'not resolved'
            else 'in time'
        end as state
    from targeted

),

final as (

    select
        cast(incident_key as uuid) as incident_key,
        cast(state as text) as state,
        cast(is_urgent as boolean) as is_urgent,
        cast(open_seconds as double precision) as open_seconds,
        cast(acknowledge_seconds as double precision) as acknowledge_seconds,
        cast(resolve_seconds as double precision) as resolve_seconds,
        cast(as_of_at as timestamp) as as_of_at
    from judged

)

select * from final
