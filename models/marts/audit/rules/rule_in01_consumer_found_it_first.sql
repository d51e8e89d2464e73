with

thresholds as (

    {{ subject_thresholds('IN01', ['window_days', 'lead_minutes', 'late_hours']) }}

),

judged as (

    select
        incidents.*,
        {{ threshold_columns(['window_days', 'lead_minutes', 'late_hours']) }},
        incidents.incident_id as subject_name,
        discoveries.state,
        discoveries.told_by,
        discoveries.as_of_at,
        case
            when discoveries.state in ('human', 'late') then 'finding'
            when discoveries.state in ('unheard', 'unknown') then 'cannot_tell'
            else 'clear'
        end as verdict
    from {{ ref('fct_incidents') }} as incidents
    {{ join_thresholds('incidents.incident_key') }}
    inner join {{ ref('fct_incident_discoveries') }} as discoveries on incidents.incident_key = discoveries.incident_key

),

final as (

    select
        {{ audit_subject('IN01', 'incident', 'judged') }},
        cast(verdict as text) as verdict,
        cast(
            case state
                when 'merged' then 'It was merged into another.'
                when 'old' then 'It was detected more than ' || cast(window_days as integer) || ' days ago.'
                when 'monitor' then 'A monitor told of it first.'
                when 'told' then 'A monitor had told before: ' || rtrim(told_by, '.') || '.'
                when 'human'
                    then 'People reported it at ' || cast(date_trunc('second', detected_at) as text)
                        || ', and no monitor had told of it.'
                when 'late'
                    then 'It was detected '
                        || cast(cast(floor(onset_to_detected_seconds / 3600) as integer) as text)
                        || ' hours after it began, and no monitor had told of it.'
                when 'unheard' then 'No alerts that could have told of it were heard at the time.'
                else 'Nothing says who told of it first.'
            end as text
        ) as reason,
        {{ json_object({
            'title': 'title',
            'first_signal': 'first_signal',
            'detected_at': "cast(date_trunc('second', detected_at) as text)",
            'seconds_unseen': json_number('onset_to_detected_seconds'),
            'alerts': 'alert_count',
            'told_by': 'told_by',
            'lead_minutes': json_number('lead_minutes'),
            'late_hours': json_number('late_hours'),
            'window_days': json_number('window_days'),
        }) }} as evidence,
        cast(case when verdict = 'finding' then onset_at end as timestamp) as onset_at,
        cast(as_of_at as timestamp) as as_of_at
    from judged

)

select * from final
