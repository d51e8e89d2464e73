with dags as (
    select * from {{ ref('stg_airflow__dags') }}
),

serialized_dags as (
    select * from {{ ref('stg_airflow__serialized_dags') }}
),

serialized_dags_dated as (
    select * from {{ ref('int_airflow_serialized_dags__dated') }}
),

dag_versions as (
    select * from {{ ref('stg_airflow__dag_versions') }}
),

tags as (
    select
        source_name,
        dag_id,
        string_agg(tag, ', ' order by tag collate "C") as tags
    from {{ ref('stg_airflow__dag_tags') }}
    where is_current
    group by source_name, dag_id
),

task_summaries as (
    select * from {{ ref('int_airflow_tasks__summarised') }}
),

latest as (
    select
        serialized_dags.*,
        dag_versions.dag_version_number
    from serialized_dags
    inner join serialized_dags_dated
        on
            serialized_dags.source_name = serialized_dags_dated.source_name
            and serialized_dags.dag_id = serialized_dags_dated.dag_id
            and serialized_dags.serialized_at = serialized_dags_dated.serialized_at
            and serialized_dags_dated.is_latest
    left join dag_versions
        on
            serialized_dags.source_name = dag_versions.source_name
            and serialized_dags.dag_version_id = dag_versions.dag_version_id
),

observed as (
    select
        *,
        max(last_parsed_at) over (partition by source_name) as source_last_parsed_at
    from dags
),

final as (
    select
        cast(observed.source_name as text) as source_name,
        cast(observed.dag_id as text) as dag_id,
        cast(observed.is_paused as boolean) as is_paused,
        cast(observed.is_active as boolean) as is_active,
        cast(observed.has_import_errors as boolean) as has_import_errors,
        cast(coalesce(observed.description, latest.description) as text) as description,
        cast(coalesce(task_summaries.owner, observed.owners) as text) as owner,
        cast(coalesce(task_summaries.owners, observed.owners) as text) as owners,
        cast(coalesce(tags.tags, latest.tags) as text) as tags,
        cast(coalesce(latest.schedule_kind, observed.schedule_kind) as text) as schedule_kind,
        cast(
            case when latest.schedule_kind is null then observed.schedule_expression else latest.schedule_expression end
            as text
        ) as schedule_expression,
        cast(observed.timetable_description as text) as timetable_description,
        cast(latest.timezone as text) as timezone,
        cast(latest.catchup as boolean) as catchup,
        cast(latest.dagrun_timeout_seconds as double precision) as dagrun_timeout_seconds,
        cast(latest.has_on_failure_callback as boolean) as has_on_failure_callback,
        cast(observed.has_deadline or coalesce(latest.has_deadline, false) as boolean) as has_deadline,
        cast(
            latest.has_on_failure_callback
            or latest.has_deadline
            or observed.has_deadline
            or coalesce(task_summaries.tasks_without_alerting_count = 0, false) as boolean
        ) as has_failure_alerting,
        cast(task_summaries.task_count as bigint) as task_count,
        cast(task_summaries.mapped_task_count as bigint) as mapped_task_count,
        cast(task_summaries.sensor_count as bigint) as sensor_count,
        cast(task_summaries.tasks_without_alerting_count as bigint) as tasks_without_alerting_count,
        cast(task_summaries.tasks_without_alerting as text) as tasks_without_alerting,
        cast(observed.file_location as text) as file_location,
        cast(observed.bundle_name as text) as bundle_name,
        cast(latest.dag_version_number as integer) as dag_version_number,
        cast(observed.last_parsed_at as timestamp) as last_parsed_at,
        cast(observed.next_run_at as timestamp) as next_run_at,
        cast(observed.next_run_create_after_at as timestamp) as next_run_create_after_at,
        cast(latest.serialized_at as timestamp) as serialized_at,
        cast(
            coalesce(greatest(observed.source_last_parsed_at, latest.serialized_at), observed.loaded_at) as timestamp
        ) as observed_at
    from observed
    left join latest on observed.source_name = latest.source_name and observed.dag_id = latest.dag_id
    left join tags on observed.source_name = tags.source_name and observed.dag_id = tags.dag_id
    left join task_summaries
        on
            observed.source_name = task_summaries.source_name
            and observed.dag_id = task_summaries.dag_id
)

select * from final
