with snapshots as (
    select * from {{ ref('snap_airflow__dags') }}
),

-- Where older metadata came after newer, the version that it took back has no length, and its
-- predecessor ends where the older one begins.
ranked as (
    select
        *,
        row_number() over (partition by source_name, dag_id, dbt_valid_from order by dbt_valid_to desc) as preference
    from snapshots
    where dbt_valid_to > dbt_valid_from
),

numbered as (
    select
        *,
        row_number() over (partition by source_name, dag_id order by dbt_valid_from) as version_number,
        lead(dbt_valid_from) over (partition by source_name, dag_id order by dbt_valid_from) as next_valid_from
    from ranked
    where preference = 1
),

final as (
    select
        cast(source_name as text) as source_name,
        cast(dag_id as text) as dag_id,
        cast(is_paused as boolean) as is_paused,
        cast(is_active as boolean) as is_active,
        cast(has_import_errors as boolean) as has_import_errors,
        cast(description as text) as description,
        cast(owner as text) as owner,
        cast(owners as text) as owners,
        cast(tags as text) as tags,
        cast(schedule_kind as text) as schedule_kind,
        cast(schedule_expression as text) as schedule_expression,
        cast(timetable_description as text) as timetable_description,
        cast(timezone as text) as timezone,
        cast(catchup as boolean) as catchup,
        cast(dagrun_timeout_seconds as double precision) as dagrun_timeout_seconds,
        cast(has_on_failure_callback as boolean) as has_on_failure_callback,
        cast(has_deadline as boolean) as has_deadline,
        cast(has_failure_alerting as boolean) as has_failure_alerting,
        cast(task_count as bigint) as task_count,
        cast(mapped_task_count as bigint) as mapped_task_count,
        cast(sensor_count as bigint) as sensor_count,
        cast(tasks_without_alerting_count as bigint) as tasks_without_alerting_count,
        cast(tasks_without_alerting as text) as tasks_without_alerting,
        cast(file_location as text) as file_location,
        cast(bundle_name as text) as bundle_name,
        cast(
            case when version_number = 1 then cast('1900-01-01' as timestamp) else dbt_valid_from end as timestamp
        ) as valid_from,
        cast(coalesce(next_valid_from, dbt_valid_to) as timestamp) as valid_to,
        cast(next_valid_from is null as boolean) as is_current
    from numbered
)

select * from final
