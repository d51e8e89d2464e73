with

thresholds as (

    {{ subject_thresholds('IN03', ['window_days']) }}

),

judged as (

    select
        incidents.*,
        {{ threshold_columns(['window_days']) }},
        incidents.incident_id as subject_name,
        targets.state,
        targets.is_urgent,
        targets.open_seconds,
        targets.acknowledge_seconds,
        targets.resolve_seconds,
        targets.as_of_at,
        cast(cast(floor(targets.open_seconds / 3600) as integer) as text) || ' hours' as open_text,
        case
            when targets.state in ('without cause', 'not taken up', 'not resolved') then 'finding'
            when targets.state in ('causes untold', 'silent') then 'cannot_tell'
            else 'clear'
        end as verdict
    from {{ ref('fct_incidents') }} as incidents
    {{ join_thresholds('incidents.incident_key') }}
    inner join {{ ref('fct_incident_targets') }} as targets on incidents.incident_key = targets.incident_key

),

final as (

    select
        {{ audit_subject('IN03', 'incident', 'judged') }},
        cast(verdict as text) as verdict,
        cast(
            case state
                when 'merged' then 'It was merged into another.'
                when 'old' then 'It was resolved more than ' || cast(window_days as integer) || ' days ago.'
                when 'closed' then 'It was resolved, and says what caused it.'
                when 'without cause'
                    then 'It was resolved at ' || cast(date_trunc('second', resolved_at) as text)
                        || ', and nobody wrote what caused it.'
                when 'causes untold' then 'It was resolved; its tool does not tell of causes.'
                when 'silent' then 'It is open as far as is known, but its source was not heard of lately.'
                when 'not taken up'
                    then 'It is open for ' || open_text || ', and nobody took it up within '
                        || cast(cast(acknowledge_seconds / 60 as integer) as text) || ' minutes.'
                when 'not resolved'
                    then 'It is open for ' || open_text || ', longer than the '
                        || cast(cast(resolve_seconds / 3600 as integer) as text) || ' that it may be.'
                when 'waiting' then 'It is open, and waits for others.'
                else 'It is open, and within its targets.'
            end as text
        ) as reason,
        {{ json_object({
            'title': 'title',
            'severity': 'severity',
            'is_urgent': 'is_urgent',
            'detected_at': "cast(date_trunc('second', detected_at) as text)",
            'acknowledged_at': "cast(date_trunc('second', acknowledged_at) as text)",
            'resolved_at': "cast(date_trunc('second', resolved_at) as text)",
            'acknowledge_minutes': json_number('acknowledge_seconds / 60'),
            'resolve_hours': json_number('resolve_seconds / 3600'),
            'window_days': json_number('window_days'),
        }) }} as evidence,
        cast(
            case
                when verdict <> 'finding' then null
                when state = 'without cause' then resolved_at
                when state = 'not taken up' then detected_at + acknowledge_seconds * interval '1 second'
                else detected_at + resolve_seconds * interval '1 second'
            end as timestamp
        ) as onset_at,
        cast(as_of_at as timestamp) as as_of_at
    from judged

)

select * from final
