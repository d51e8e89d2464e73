with serialized_tasks as (
    select * from {{ ref('stg_airflow__serialized_tasks') }}
),

serialized_dags as (
    select * from {{ ref('int_airflow_serialized_dags__dated') }}
),

-- A task that its DAG no longer has keeps its last settings and is marked as removed.
ranked as (
    select
        serialized_tasks.*,
        serialized_dags.is_latest,
        serialized_dags.valid_to,
        row_number() over (
            partition by serialized_tasks.source_name, serialized_tasks.dag_id, serialized_tasks.task_id
            order by serialized_tasks.serialized_at desc
        ) as recency
    from serialized_tasks
    inner join serialized_dags
        on
            serialized_tasks.source_name = serialized_dags.source_name
            and serialized_tasks.dag_id = serialized_dags.dag_id
            and serialized_tasks.serialized_at = serialized_dags.serialized_at
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
        cast(has_on_failure_callback or has_failure_email as boolean) as has_failure_alerting,
        cast(sla_seconds as double precision) as sla_seconds,
        cast(execution_timeout_seconds as double precision) as execution_timeout_seconds,
        cast({{ airflow_list_text('downstream_task_ids') }} as text) as downstream_task_ids,
        cast(not is_latest as boolean) as is_removed,
        cast(serialized_at as timestamp) as serialized_at,
        cast(case when is_latest then serialized_at else valid_to end as timestamp) as observed_at
    from ranked
    where recency = 1
)

select * from final
