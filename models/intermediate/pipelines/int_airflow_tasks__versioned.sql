with snapshots as (
    select * from {{ ref('snap_airflow__tasks') }}
),

-- Where older metadata came after newer, the version that it took back has no length, and its
-- predecessor ends where the older one begins.
ranked as (
    select
        *,
        row_number() over (
            partition by source_name, dag_id, task_id, dbt_valid_from
            order by dbt_valid_to desc
        ) as preference
    from snapshots
    where dbt_valid_to > dbt_valid_from
),

numbered as (
    select
        *,
        row_number() over (partition by source_name, dag_id, task_id order by dbt_valid_from) as version_number,
        lead(dbt_valid_from) over (partition by source_name, dag_id, task_id order by dbt_valid_from) as next_valid_from
    from ranked
    where preference = 1
),

final as (
    select
        cast(source_name as text) as source_name,
        cast(dag_id as text) as dag_id,
        cast(task_id as text) as task_id,
        cast(operator as text) as operator,
        cast(task_module as text) as task_module,
        cast(owner as text) as owner,
        cast(retries as integer) as retries,
        cast(retry_delay_seconds as double precision) as retry_delay_seconds,
        cast(is_mapped as boolean) as is_mapped,
        cast(is_sensor as boolean) as is_sensor,
        cast(is_reschedule as boolean) as is_reschedule,
        cast(trigger_rule as text) as trigger_rule,
        cast(has_on_failure_callback as boolean) as has_on_failure_callback,
        cast(has_failure_email as boolean) as has_failure_email,
        cast(emails as text) as emails,
        cast(has_failure_alerting as boolean) as has_failure_alerting,
        cast(sla_seconds as double precision) as sla_seconds,
        cast(execution_timeout_seconds as double precision) as execution_timeout_seconds,
        cast(downstream_task_ids as text) as downstream_task_ids,
        cast(is_removed as boolean) as is_removed,
        cast(
            case when version_number = 1 then cast('1900-01-01' as timestamp) else dbt_valid_from end as timestamp
        ) as valid_from,
        cast(coalesce(next_valid_from, dbt_valid_to) as timestamp) as valid_to,
        cast(next_valid_from is null as boolean) as is_current
    from numbered
)

select * from final
