-- depends_on: {{ ref('dim_tasks') }}
with

alerts as (

    select * from {{ ref('int_alerts__resolved') }}

),

alert_rules as (

    select
        ruled.alert_key,
        rules.alert_rule_key,
        rules.alert_rule_version_key
    from {{ ref('int_alerts__ruled') }} as ruled
    inner join {{ ref('int_alerts__resolved') }} as fired on ruled.alert_key = fired.alert_key
    inner join {{ ref('dim_alert_rules') }} as rules
        on
            ruled.alert_rule_key = rules.alert_rule_key
            and {{ held_at('rules', 'fired.fired_at') }}

),

links as (

    select * from {{ ref('int_alert_subjects__linked') }}
    where signal_type = 'alert'

),

incidents as (

    select
        incident_alerts.alert_key,
        {{ only_key('incident_alerts.incident_key', 'true') }} as incident_key
    from {{ ref('int_incident_alerts__linked') }} as incident_alerts
    inner join {{ ref('fct_incidents') }} as incidents on incident_alerts.incident_key = incidents.incident_key
    group by 1

),

pipelines as (

    select * from {{ ref('dim_pipelines_current') }}

),

datasets as (

    select * from {{ ref('dim_datasets_current') }}

),

-- A fact has one key of each dimension, where one subject is certain; the bridge has them all.
subjects as (

    select
        signal_key,
        count(*) as subject_count,
        bool_and(is_ambiguous) as is_ambiguous,
        min(link_method) as link_method,
        {{ only_key('pipeline_key', "subject_type <> 'dataset' and not is_ambiguous") }} as pipeline_key,
        {{ only_key('subject_key', "subject_type = 'task' and not is_ambiguous") }} as task_key,
        {{ only_key('subject_key', "subject_type = 'dataset' and not is_ambiguous") }} as dataset_key
    from links
    group by 1

),

final as (

    select
        cast(alerts.alert_key as uuid) as alert_key,
        cast(coalesce(alert_rules.alert_rule_key, {{ unknown_key() }}) as uuid) as alert_rule_key,
        cast(coalesce(alert_rules.alert_rule_version_key, {{ unknown_key() }}) as uuid) as alert_rule_version_key,
        cast(coalesce(incidents.incident_key, {{ unknown_key() }}) as uuid) as incident_key,
        cast(coalesce(subjects.pipeline_key, {{ unknown_key() }}) as uuid) as pipeline_key,
        cast(coalesce(subjects.task_key, {{ unknown_key() }}) as uuid) as task_key,
        cast(coalesce(subjects.dataset_key, {{ unknown_key() }}) as uuid) as dataset_key,
        cast(
            coalesce(
                nullif(datasets.team_key, {{ unknown_key() }}), pipelines.team_key, {{ unknown_key() }}
            ) as uuid
        ) as team_key,
        cast(alerts.source_name as text) as source_name,
        cast(alerts.tool as text) as tool,
        cast(alerts.alert_id as text) as alert_id,
        cast(alerts.rule_name as text) as rule_name,
        cast(alerts.title as text) as title,
        cast(alerts.severity as text) as severity,
        cast(alerts.receivers as text) as receivers,
        cast(alerts.runbook_url as text) as runbook_url,
        {{ date_member('alerts.fired_at') }} as fired_on,
        cast(alerts.fired_at as timestamp) as fired_at,
        cast(alerts.acknowledged_at as timestamp) as acknowledged_at,
        cast(alerts.resolved_at as timestamp) as resolved_at,
        cast(alerts.resolved_at is null as boolean) as is_open,
        {{ seconds_between('alerts.fired_at', 'alerts.acknowledged_at') }} as fired_to_acknowledged_seconds,
        {{ seconds_between('alerts.fired_at', 'alerts.resolved_at') }} as fired_to_resolved_seconds,
        cast(alerts.notification_count as bigint) as notification_count,
        cast(coalesce(subjects.subject_count, 0) as bigint) as subject_count,
        cast(
            case
                when subjects.signal_key is null then 'none'
                when subjects.is_ambiguous then 'ambiguous'
                else subjects.link_method
            end as text
        ) as link_method
    from alerts
    left join alert_rules on alerts.alert_key = alert_rules.alert_key
    left join incidents on alerts.alert_key = incidents.alert_key
    left join subjects on alerts.alert_key = subjects.signal_key
    left join pipelines on subjects.pipeline_key = pipelines.pipeline_key
    left join datasets on subjects.dataset_key = datasets.dataset_key
    {{ only_retained(['alerts.fired_at', 'alerts.resolved_at']) }}

)

select * from final
