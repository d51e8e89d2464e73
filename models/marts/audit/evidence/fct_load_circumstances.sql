with

thresholds as (

    {{ subject_thresholds('SI04', ['excused_percent', 'loads_per_day']) }}

),

loads as (

    select
        *,
        lag(loaded_for_at) over (partition by series order by loaded_for_at, dataset_load_key) as previous_for_at
    from {{ ref('fct_dataset_loads') }}

),

rhythms as (

    select
        series,
        count(*) * 1.0 / count(distinct cast(loaded_for_at as date)) as loads_per_day
    from loads
    group by 1

),

-- Data of an interval is of that time; else of the time since the load before.
spans as (

    select
        loads.*,
        case
            when loads.interval_end_at > loads.interval_start_at then loads.interval_start_at
            else coalesce(loads.previous_for_at, loads.loaded_for_at - interval '1 day')
        end as span_start_at,
        case
            when loads.interval_end_at > loads.interval_start_at then loads.interval_end_at
            else loads.loaded_for_at
        end as span_end_at,
        extract(isodow from loads.loaded_for_at) * 100
        + case
            when rhythms.loads_per_day > {{ threshold('loads_per_day') }}
                then 1 + extract(hour from loads.loaded_for_at)
            else 0
        end as slot
    from loads
    inner join rhythms on loads.series = rhythms.series
    {{ join_thresholds('loads.dataset_key') }}

),

subject_spans as (

    select
        *,
        dataset_key as subject_key
    from spans
    union all
    select
        *,
        pipeline_key as subject_key
    from spans

),

excused as (

    select distinct subject_spans.dataset_load_key
    from subject_spans
    {{ join_thresholds('subject_spans.dataset_key') }}
    inner join {{ ref('int_registry_assets__matched') }} as assets on subject_spans.subject_key = assets.subject_key
    inner join {{ ref('int_registry_calendars__dated') }} as calendars
        on
            assets.calendar = calendars.calendar
            and subject_spans.span_end_at > calendars.starts_at
            and subject_spans.span_start_at < calendars.ends_at
    where
        {{ seconds_between(
            'greatest(subject_spans.span_start_at, calendars.starts_at)',
            'least(subject_spans.span_end_at, calendars.ends_at)'
        ) }} * 100
        >= {{ threshold('excused_percent') }}
        * {{ seconds_between('subject_spans.span_start_at', 'subject_spans.span_end_at') }}

),

known_bad as (

    select distinct loads.dataset_load_key
    from loads
    inner join {{ ref('bridge_incident_subjects') }} as subjects
        on loads.dataset_key = subjects.dataset_key and subjects.subject_type = 'dataset'
    inner join {{ ref('fct_incidents') }} as incidents on subjects.incident_key = incidents.incident_key
    where
        not subjects.is_ambiguous
        and loads.written_at >= incidents.onset_at
        and (loads.written_at <= incidents.resolved_at or incidents.resolved_at is null)

),

final as (

    select
        cast(spans.dataset_load_key as uuid) as dataset_load_key,
        cast(spans.slot as integer) as slot,
        cast(row_number() over (
            partition by spans.series order by spans.loaded_for_at, spans.dataset_load_key
        ) as bigint) as load_number,
        cast(excused.dataset_load_key is not null as boolean) as is_excused,
        cast(known_bad.dataset_load_key is not null as boolean) as is_in_incident
    from spans
    left join excused on spans.dataset_load_key = excused.dataset_load_key
    left join known_bad on spans.dataset_load_key = known_bad.dataset_load_key

)

select * from final
