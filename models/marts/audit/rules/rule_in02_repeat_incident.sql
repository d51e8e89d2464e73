with

thresholds as (

    {{ subject_thresholds('IN02', ['window_days', 'repeat_days']) }}

),

judged as (

    select
        incidents.*,
        {{ threshold_columns(['window_days', 'repeat_days']) }},
        incidents.incident_id as subject_name,
        repeats.state,
        repeats.earlier_count,
        repeats.earlier_incident_id,
        repeats.cause_class,
        repeats.as_of_at,
        cast(date_trunc('second', repeats.earlier_resolved_at) as text) as earlier_text,
        case
            when repeats.state = 'same' then 'finding'
            when repeats.state in ('unknown', 'unnamed') then 'cannot_tell'
            else 'clear'
        end as verdict
    from {{ ref('fct_incidents') }} as incidents
    {{ join_thresholds('incidents.incident_key') }}
    inner join {{ ref('fct_incident_repeats') }} as repeats on incidents.incident_key = repeats.incident_key

),

final as (

    select
        {{ audit_subject('IN02', 'incident', 'judged') }},
        cast(verdict as text) as verdict,
        cast(
            case state
                when 'merged' then 'It was merged into another.'
                when 'old' then 'It was detected more than ' || cast(window_days as integer) || ' days ago.'
                when 'same'
                    then 'The same happened in ' || earlier_incident_id || ', which was resolved at '
                        || earlier_text || ', of the same cause: ' || coalesce(cause_class, reported_cause) || '.'
                when 'unknown'
                    then earlier_incident_id || ' was about the same and resolved at ' || earlier_text
                        || '; what caused the one or the other is not told.'
                when 'other' then 'Those before it on the same subject had other causes.'
                when 'unnamed' then 'Nothing says what it is about.'
                else 'None before it on the same subject was resolved within ' || cast(repeat_days as integer)
                    || ' days.'
            end as text
        ) as reason,
        {{ json_object({
            'title': 'title',
            'cause': 'reported_cause',
            'earlier_incidents': 'earlier_count',
            'earlier_incident': 'earlier_incident_id',
            'earlier_resolved_at': 'earlier_text',
            'repeat_days': json_number('repeat_days'),
            'window_days': json_number('window_days'),
        }) }} as evidence,
        cast(case when verdict = 'finding' then onset_at end as timestamp) as onset_at,
        cast(as_of_at as timestamp) as as_of_at
    from judged

)

select * from final
