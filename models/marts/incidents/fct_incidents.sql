-- depends_on: {{ ref('dim_tasks') }}
with

incidents as (

    select * from {{ ref('int_incidents__resolved') }}

),

signals as (

    select * from {{ ref('int_incident_signals__judged') }}

),

onsets as (

    select * from {{ ref('int_incident_onsets__judged') }}

),

causes as (

    select * from {{ ref('int_incident_causes__judged') }}

),

links as (

    select * from {{ ref('int_incident_subjects__linked') }}

),

pipelines as (

    select * from {{ ref('dim_pipelines_current') }}

),

datasets as (

    select * from {{ ref('dim_datasets_current') }}

),

subjects as (

    select
        incident_key,
        count(*) as subject_count,
        {{ only_key('pipeline_key', "subject_type <> 'dataset' and not is_ambiguous") }} as pipeline_key,
        {{ only_key('subject_key', "subject_type = 'task' and not is_ambiguous") }} as task_key,
        {{ only_key('subject_key', "subject_type = 'dataset' and not is_ambiguous") }} as dataset_key
    from links
    group by 1

),

final as (

    select
        cast(incidents.incident_key as uuid) as incident_key,
        cast(coalesce(merged_into.incident_key, {{ unknown_key() }}) as uuid) as merged_into_incident_key,
        cast(coalesce(subjects.pipeline_key, {{ unknown_key() }}) as uuid) as pipeline_key,
        cast(coalesce(subjects.task_key, {{ unknown_key() }}) as uuid) as task_key,
        cast(coalesce(subjects.dataset_key, {{ unknown_key() }}) as uuid) as dataset_key,
        cast(coalesce(causes.dataset_key, {{ unknown_key() }}) as uuid) as cause_dataset_key,
        cast(
            coalesce(
                nullif(datasets.team_key, {{ unknown_key() }}), pipelines.team_key, {{ unknown_key() }}
            ) as uuid
        ) as team_key,
        cast(incidents.source_name as text) as source_name,
        cast(incidents.tool as text) as tool,
        cast(incidents.incident_id as text) as incident_id,
        cast(incidents.title as text) as title,
        cast(incidents.severity as text) as severity,
        cast(incidents.cause as text) as reported_cause,
        cast(signals.first_signal as text) as first_signal,
        cast(onsets.onset_method as text) as onset_method,
        {{ date_member('signals.detected_at') }} as detected_on,
        cast(onsets.onset_at as timestamp) as onset_at,
        cast(signals.first_alert_at as timestamp) as first_alert_at,
        cast(signals.detected_at as timestamp) as detected_at,
        cast(incidents.acknowledged_at as timestamp) as acknowledged_at,
        cast(incidents.resolved_at as timestamp) as resolved_at,
        cast(incidents.resolved_at is null as boolean) as is_open,
        -- Where nothing but the report says when it began, how long it went unseen is not known.
        case
            when onsets.onset_method <> 'reported' then {{ seconds_between('onsets.onset_at', 'signals.detected_at') }}
        end as onset_to_detected_seconds,
        {{ seconds_between('signals.detected_at', 'incidents.acknowledged_at') }} as detected_to_acknowledged_seconds,
        {{ seconds_between('signals.detected_at', 'incidents.resolved_at') }} as detected_to_resolved_seconds,
        case
            when onsets.onset_method <> 'reported'
                then {{ seconds_between('onsets.onset_at', 'incidents.resolved_at') }}
        end as onset_to_resolved_seconds,
        cast(signals.alert_count as bigint) as alert_count,
        cast(coalesce(subjects.subject_count, 0) as bigint) as subject_count
    from incidents
    inner join signals on incidents.incident_key = signals.incident_key
    inner join onsets on incidents.incident_key = onsets.incident_key
    left join causes on incidents.incident_key = causes.incident_key
    left join subjects on incidents.incident_key = subjects.incident_key
    left join pipelines on subjects.pipeline_key = pipelines.pipeline_key
    left join datasets on subjects.dataset_key = datasets.dataset_key
    left join incidents as merged_into
        on
            incidents.tool = merged_into.tool
            and incidents.tool_instance = merged_into.tool_instance
            and incidents.merged_into_incident_id = merged_into.incident_id
    {{ only_retained(['signals.detected_at', 'incidents.resolved_at']) }}

)

select * from final
