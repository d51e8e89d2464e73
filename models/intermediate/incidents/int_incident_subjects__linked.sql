{{ config(materialized='table') }}

with

subjects as (

    select * from {{ ref('int_alert_subjects__linked') }}

),

alerts as (

    select * from {{ ref('int_incident_alerts__linked') }}
    where link_method = 'id'

),

links as (

    select
        signal_key as incident_key,
        subject_type,
        subject_key,
        pipeline_key,
        link_method,
        is_ambiguous
    from subjects
    where signal_type = 'incident'
    union all
    select
        alerts.incident_key,
        subjects.subject_type,
        subjects.subject_key,
        subjects.pipeline_key,
        'alert' as link_method,
        subjects.is_ambiguous
    from alerts
    inner join subjects on alerts.alert_key = subjects.signal_key

),

final as (

    select
        {{ surrogate_key(['incident_key', 'subject_key']) }} as incident_subject_key,
        cast(incident_key as uuid) as incident_key,
        cast(subject_type as text) as subject_type,
        cast(subject_key as uuid) as subject_key,
        cast(pipeline_key as uuid) as pipeline_key,
        -- What the incident itself says goes before what its alerts say.
        cast(max(link_method) as text) as link_method,
        cast(bool_and(is_ambiguous) as boolean) as is_ambiguous
    from links
    group by incident_key, subject_type, subject_key, pipeline_key

)

select * from final
