with

thresholds as (

    {{ subject_thresholds('IN02', ['window_days', 'repeat_days']) }}

),

-- What was merged into another is told by that.
incidents as (

    select
        incidents.*,
        newest.as_of_at,
        nullif({{ error_class('incidents.reported_cause') }}, 'other') as cause_class,
        lower(trim(incidents.reported_cause)) as cause
    from {{ ref('fct_incidents') }} as incidents
    left join {{ ref('int_sources__as_of') }} as newest on newest.source_name = '*'

),

subjects as (

    select
        incident_key,
        coalesce(
            nullif(dataset_key, {{ unknown_key() }}), nullif(task_key, {{ unknown_key() }}), pipeline_key
        ) as subject_key
    from {{ ref('bridge_incident_subjects') }}
    where not is_ambiguous

),

-- One that began before the other ended is no repeat of it.
pairs as (

    select distinct
        later.incident_key,
        earlier.incident_key as earlier_incident_key,
        earlier.incident_id as earlier_incident_id,
        earlier.resolved_at as earlier_resolved_at,
        case
            when later.cause is null or earlier.cause is null then 'unknown'
            when later.cause = earlier.cause or later.cause_class = earlier.cause_class then 'same'
            else 'other'
        end as likeness
    from incidents as later
    {{ join_thresholds('later.incident_key') }}
    inner join subjects as of_later on later.incident_key = of_later.incident_key
    inner join subjects as of_earlier on of_later.subject_key = of_earlier.subject_key
    inner join incidents as earlier on of_earlier.incident_key = earlier.incident_key
    where
        earlier.incident_key <> later.incident_key
        and earlier.merged_into_incident_key = {{ unknown_key() }}
        and earlier.resolved_at <= later.detected_at
        and earlier.resolved_at >= later.detected_at - {{ threshold('repeat_days') }} * interval '1 day'

),

ranked as (

    select
        *,
        count(*) over (partition by incident_key) as earlier_count,
        row_number() over (
            partition by incident_key
            order by
                case likeness when 'same' then 1 when 'unknown' then 2 else 3 end asc,
                earlier_resolved_at desc,
                earlier_incident_id asc
        ) as nearness
    from pairs

),

judged as (

    select
        incidents.*,
        ranked.earlier_incident_id,
        ranked.earlier_resolved_at,
        coalesce(ranked.earlier_count, 0) as earlier_count,
        case
            when incidents.merged_into_incident_key <> {{ unknown_key() }} then 'merged'
            when incidents.detected_at < incidents.as_of_at - {{ threshold('window_days') }} * interval '1 day'
                then 'old'
            when ranked.likeness is not null then ranked.likeness
            when incidents.subject_count = 0 then 'unnamed'
            else 'first'
        end as state
    from incidents
    {{ join_thresholds('incidents.incident_key') }}
    left join ranked
        on
            incidents.incident_key = ranked.incident_key
            and ranked.nearness = 1

),

final as (

    select
        cast(incident_key as uuid) as incident_key,
        cast(state as text) as state,
        cast(earlier_count as bigint) as earlier_count,
        cast(earlier_incident_id as text) as earlier_incident_id,
        cast(earlier_resolved_at as timestamp) as earlier_resolved_at,
        cast(cause_class as text) as cause_class,
        cast(as_of_at as timestamp) as as_of_at
    from judged

)

select * from final
