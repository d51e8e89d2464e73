with

thresholds as (

    {{ subject_thresholds('IN01', ['window_days', 'lead_minutes', 'late_hours']) }}

),

incidents as (

    select
        incidents.*,
        newest.as_of_at
    from {{ ref('fct_incidents') }} as incidents
    left join {{ ref('int_sources__as_of') }} as newest on newest.source_name = '*'

),

subjects as (

    select
        incident_key,
        coalesce(nullif(dataset_key, {{ unknown_key() }}), pipeline_key) as subject_key
    from {{ ref('bridge_incident_subjects') }}
    where not is_ambiguous

),

alert_sources as (

    select distinct source_name from {{ ref('fct_alerts') }}
    where tool <> 'airflow'

),

-- An alert on the subject, or on what writes it, that came before anybody said a word. Alerts that belong to the
-- incident are in its first signal already.
earlier as (

    select
        incidents.incident_key,
        (array_agg(tellings.title order by tellings.told_at asc, tellings.telling_key asc))[1] as told_by
    from incidents
    {{ join_thresholds('incidents.incident_key') }}
    inner join subjects on incidents.incident_key = subjects.incident_key
    inner join {{ ref('bridge_explanations') }} as explanations on subjects.subject_key = explanations.subject_key
    inner join {{ ref('bridge_tellings') }} as tellings on explanations.told_of = tellings.told_of
    inner join {{ ref('fct_alerts') }} as alerts on tellings.alert_key = alerts.alert_key
    where
        explanations.is_own
        and not tellings.is_ambiguous
        and alerts.incident_key <> incidents.incident_key
        and tellings.told_at <= incidents.detected_at
        and tellings.told_until >= incidents.onset_at - {{ threshold('lead_minutes') }} * interval '1 minute'
    group by 1

),

listening as (

    select
        incidents.incident_key,
        count(alert_sources.source_name) as source_count
    from incidents
    cross join alert_sources
    left join {{ ref('fct_alert_source_silences') }} as silences
        on
            alert_sources.source_name = silences.source_name
            and incidents.onset_at < silences.silent_until
            and incidents.detected_at > silences.silent_from
    where silences.source_name is null
    group by 1

),

judged as (

    select
        incidents.*,
        earlier.told_by,
        case
            when incidents.merged_into_incident_key <> {{ unknown_key() }} then 'merged'
            when incidents.detected_at < incidents.as_of_at - {{ threshold('window_days') }} * interval '1 day'
                then 'old'
            when incidents.first_signal = 'monitor' then 'monitor'
            when earlier.incident_key is not null then 'told'
            when
                incidents.first_signal <> 'human'
                and coalesce(incidents.onset_to_detected_seconds, 0) <= {{ threshold('late_hours') }} * 3600
                then 'unknown'
            when listening.source_count is null then 'unheard'
            when incidents.first_signal = 'human' then 'human'
            else 'late'
        end as state
    from incidents
    {{ join_thresholds('incidents.incident_key') }}
    left join earlier on incidents.incident_key = earlier.incident_key
    left join listening on incidents.incident_key = listening.incident_key

),

final as (

    select
        cast(incident_key as uuid) as incident_key,
        cast(state as text) as state,
        cast(told_by as text) as told_by,
        cast(as_of_at as timestamp) as as_of_at
    from judged

)

select * from final
