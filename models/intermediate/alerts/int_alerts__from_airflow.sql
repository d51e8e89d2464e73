with

sla_misses as (

    select * from {{ ref('stg_airflow__sla_misses') }}

),

deadlines as (

    select * from {{ ref('stg_airflow__deadlines') }}

),

deadline_alerts as (

    select * from {{ ref('stg_airflow__deadline_alerts') }}

),

callbacks as (

    select * from {{ ref('stg_airflow__callbacks') }}

),

dag_runs as (

    select * from {{ ref('stg_airflow__dag_runs') }}

),

alerts as (

    select
        sla_misses.source_name,
        'sla/' || sla_misses.dag_id || '/' || sla_misses.task_id || '@' || cast(
            cast(extract(epoch from sla_misses.logical_at) as bigint) as text
        ) as alert_id,
        'SLA' as rule_name,
        sla_misses.dag_id || '.' || sla_misses.task_id || ' missed its SLA' as title,
        sla_misses.dag_id,
        sla_misses.task_id,
        sla_misses.noticed_at as fired_at,
        dag_runs.ended_at,
        case when sla_misses.is_email_sent or sla_misses.is_notification_sent then 1 else 0 end as notification_count
    from sla_misses
    left join dag_runs
        on
            sla_misses.source_name = dag_runs.source_name
            and sla_misses.dag_id = dag_runs.dag_id
            and sla_misses.logical_at = dag_runs.logical_at
    union all
    -- A deadline that is not missed is no alert; its row changes when the scheduler sees that it is.
    select
        deadlines.source_name,
        'deadline/' || deadlines.deadline_id as alert_id,
        coalesce(deadline_alerts.deadline_alert_name, 'deadline') as rule_name,
        dag_runs.dag_id || ' missed its deadline' as title,
        dag_runs.dag_id,
        cast(null as text) as task_id,
        greatest(deadlines.due_at, deadlines.updated_at) as fired_at,
        dag_runs.ended_at,
        case coalesce(callbacks.state, deadlines.callback_state) when 'success' then 1 when 'failed' then 0 end
            as notification_count
    from deadlines
    inner join dag_runs
        on
            deadlines.source_name = dag_runs.source_name
            and deadlines.dag_run_id = dag_runs.dag_run_id
    left join deadline_alerts
        on
            deadlines.source_name = deadline_alerts.source_name
            and deadlines.deadline_alert_id = deadline_alerts.deadline_alert_id
    left join callbacks
        on
            deadlines.source_name = callbacks.source_name
            and deadlines.callback_id = callbacks.callback_id
    where deadlines.is_missed

),

final as (

    select
        cast(source_name as text) as source_name,
        cast('airflow' as text) as tool,
        cast(source_name as text) as tool_instance,
        cast(alert_id as text) as alert_id,
        cast(null as text) as incident_id,
        cast(rule_name as text) as rule_name,
        cast(title as text) as title,
        cast(null as text) as service,
        cast(null as text) as severity,
        cast(null as text) as receivers,
        cast(null as text) as runbook_url,
        cast(
            {{ json_object({'dag_id': 'dag_id', 'task_id': 'task_id', 'namespace': 'source_name'}) }} as text
        ) as labels,
        cast(fired_at as timestamp) as fired_at,
        cast(null as timestamp) as acknowledged_at,
        -- It is over when the run is.
        cast(case when ended_at is not null then greatest(fired_at, ended_at) end as timestamp) as resolved_at,
        cast(greatest(fired_at, ended_at) as timestamp) as last_heard_at,
        cast(notification_count as bigint) as notification_count
    from alerts
    where fired_at is not null

)

select * from final
