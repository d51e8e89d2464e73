with

thresholds as (
    {{ subject_thresholds('AL03', ['window_days']) }}
),

verdicts as (

    select * from {{ ref('fct_trouble_verdicts') }}
    where rule_id = 'AL03'

),

missed as (

    select
        missed_starts.*,
        verdicts.verdict,
        verdicts.words,
        row_number() over (
            partition by missed_starts.pipeline_key
            order by
                case verdicts.verdict when 'finding' then 1 when 'cannot_tell' then 2 else 3 end asc,
                missed_starts.onset_at desc
        ) as badness
    from {{ ref('fct_missed_starts') }} as missed_starts
    left join verdicts
        on
            missed_starts.pipeline_key = verdicts.subject_key
            and missed_starts.onset_at = verdicts.onset_at

),

due as (

    select
        pipelines.pipeline_key,
        count(*) as due_count
    from {{ ref('fct_pipeline_cadences') }} as pipelines
    {{ join_thresholds('pipelines.pipeline_key') }}
    inner join {{ ref('fct_deliveries') }} as deliveries on pipelines.pipeline_key = deliveries.pipeline_key
    where
        deliveries.excuse is null
        and deliveries.expected_at >= pipelines.first_started_at
        and {{ seconds_between('deliveries.expected_at', 'pipelines.as_of_at') }}
        <= {{ threshold('window_days') }} * 86400
    group by 1

),

enclosed as (

    select distinct inner_pipeline_key from {{ ref('bridge_pipeline_enclosures') }}

),

judged as (

    select
        pipelines.*,
        cadences.schedule_kind,
        cadences.stops_at,
        cadences.reader_names,
        missed.missed_count,
        missed.late_count,
        missed.onset_at as missed_since,
        due.due_count,
        missed.words as missed_words,
        missed.verdict as missed_verdict,
        stops.words as stop_words,
        stops.verdict as stop_verdict,
        case
            when pipelines.is_gone and cadences.has_import_errors and stops.verdict is not null then 'broken'
            when pipelines.is_gone and cadences.reader_names is not null and stops.verdict is not null then 'vanished'
            when pipelines.is_gone then 'gone'
            when missed.pipeline_key is not null then 'missed'
            when pipelines.is_paused and cadences.reader_names is not null and stops.verdict is not null then 'paused'
            when pipelines.is_paused then 'paused unread'
            when cadences.schedule_kind = 'none' then 'unscheduled'
            when cadences.schedule_kind = 'dataset' and stops.verdict is not null then 'overdue'
            when due.due_count > 0 or (cadences.schedule_kind = 'dataset' and cadences.stops_at > pipelines.as_of_at)
                then 'in time'
            when enclosed.inner_pipeline_key is not null then 'inside'
            else 'unknown'
        end as state
    from {{ ref('fct_pipeline_activity') }} as pipelines
    {{ join_thresholds('pipelines.pipeline_key') }}
    inner join {{ ref('fct_pipeline_cadences') }} as cadences on pipelines.pipeline_key = cadences.pipeline_key
    left join missed on pipelines.pipeline_key = missed.pipeline_key and missed.badness = 1
    left join verdicts as stops
        on
            pipelines.pipeline_key = stops.subject_key
            and cadences.stops_at = stops.onset_at
    left join due on pipelines.pipeline_key = due.pipeline_key
    left join enclosed on pipelines.pipeline_key = enclosed.inner_pipeline_key

),

final as (

    select
        cast(pipeline_key as uuid) as pipeline_key,
        cast(team_key as uuid) as team_key,
        cast(source_name as text) as source_name,
        cast(pipeline_name as text) as pipeline_name,
        cast(state as text) as state,
        cast(missed_count as bigint) as missed_count,
        cast(late_count as bigint) as late_count,
        cast(due_count as bigint) as due_count,
        cast(case when state = 'missed' then missed_since else stops_at end as timestamp) as onset_at,
        cast(reader_names as text) as reader_names,
        cast(case when state = 'missed' then missed_words else stop_words end as text) as words,
        cast(case when state = 'missed' then missed_verdict else stop_verdict end as text) as told_verdict,
        cast(as_of_at as timestamp) as as_of_at
    from judged

)

select * from final
