with

incidents as (

    select * from {{ ref('int_incidents__resolved') }}

),

onsets as (

    select * from {{ ref('int_incident_onsets__judged') }}

),

subjects as (

    select * from {{ ref('int_incident_subjects__linked') }}
    where
        subject_type = 'dataset'
        and not is_ambiguous

),

as_of as (

    select as_of_at from {{ ref('int_sources__as_of') }}
    where source_name = '*'

),

-- What is still open is down until now. One that was merged into another is told by that.
intervals as (

    select
        subjects.subject_key as dataset_key,
        incidents.incident_key,
        onsets.onset_at as down_from,
        coalesce(incidents.resolved_at, as_of.as_of_at, incidents.last_heard_at) as down_until
    from incidents
    inner join onsets on incidents.incident_key = onsets.incident_key
    inner join subjects on incidents.incident_key = subjects.incident_key
    left join as_of on true
    where incidents.merged_into_incident_id is null

),

final as (

    select
        cast(dataset_key as uuid) as dataset_key,
        cast(incident_key as uuid) as incident_key,
        cast(down_from as timestamp) as down_from,
        cast(down_until as timestamp) as down_until
    from intervals
    where down_until > down_from

)

select * from final
