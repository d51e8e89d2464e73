with

thresholds as (

    {{ audit_thresholds('AL02', ['open_days']) }}

),

-- An alert that its tool says nobody was sent tells nobody.
signals as (

    select
        links.subject_type,
        links.pipeline_key,
        links.task_key,
        links.dataset_key,
        links.is_ambiguous,
        alerts.alert_key,
        {{ unknown_key() }} as incident_key,
        alerts.source_name,
        alerts.tool,
        alerts.title,
        alerts.fired_at as told_at,
        alerts.resolved_at
    from {{ ref('bridge_alert_subjects') }} as links
    inner join {{ ref('fct_alerts') }} as alerts on links.alert_key = alerts.alert_key
    where coalesce(alerts.notification_count, 1) > 0
    union all
    select
        links.subject_type,
        links.pipeline_key,
        links.task_key,
        links.dataset_key,
        links.is_ambiguous,
        {{ unknown_key() }} as alert_key,
        incidents.incident_key,
        incidents.source_name,
        incidents.tool,
        incidents.title,
        incidents.detected_at as told_at,
        incidents.resolved_at
    from {{ ref('bridge_incident_subjects') }} as links
    inner join {{ ref('fct_incidents') }} as incidents on links.incident_key = incidents.incident_key

),

-- What tells of a task tells of its pipeline too.
subjects as (

    select
        *,
        'pipeline' as told_type,
        pipeline_key as told_of
    from signals
    where subject_type <> 'dataset'
    union all
    select
        *,
        'task' as told_type,
        task_key as told_of
    from signals
    where subject_type = 'task'
    union all
    select
        *,
        'dataset' as told_type,
        dataset_key as told_of
    from signals
    where subject_type = 'dataset'

),

-- Of a tool that never tells of an end, a message without one is no more than a moment.
dated as (

    select
        *,
        count(resolved_at) over (partition by source_name, tool) > 0 as is_of_tool_that_tells_ends
    from subjects

),

final as (

    select
        {{ surrogate_key(['dated.alert_key', 'dated.incident_key', 'dated.told_type', 'dated.told_of']) }}
            as telling_key,
        cast(dated.alert_key as uuid) as alert_key,
        cast(dated.incident_key as uuid) as incident_key,
        cast(dated.told_type as text) as told_type,
        cast(dated.told_of as uuid) as told_of,
        cast(dated.source_name as text) as source_name,
        cast(dated.tool as text) as tool,
        cast(min(dated.title) as text) as title,
        cast(dated.told_at as timestamp) as told_at,
        cast(
            case
                when dated.resolved_at is not null then greatest(dated.resolved_at, dated.told_at)
                when dated.is_of_tool_that_tells_ends
                    then dated.told_at + max(thresholds.open_days) * interval '1 day'
                else dated.told_at
            end as timestamp
        ) as told_until,
        cast(bool_and(dated.is_ambiguous) as boolean) as is_ambiguous
    from dated
    cross join thresholds
    where dated.told_of <> {{ unknown_key() }}
    group by
        dated.alert_key, dated.incident_key, dated.told_type, dated.told_of, dated.source_name, dated.tool,
        dated.told_at, dated.resolved_at, dated.is_of_tool_that_tells_ends

)

select * from final
