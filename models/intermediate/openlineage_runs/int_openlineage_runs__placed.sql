with

runs as (
    select
        *,
        case when run_kind = 'other' and job_type = 'QUERY' then parent_run_id end as asking_run_id
    from {{ ref('int_openlineage_runs__merged') }}
    where {{ is_of_touched_family() }}
),

rooted as (
    select * from {{ ref('int_openlineage_runs__rooted') }}
),

hosts as (
    select * from {{ ref('int_openlineage_runs__hosts') }}
),

airflow_tasks as (
    select
        source_name,
        run_id,
        parent_run_id,
        airflow_task_id,
        airflow_map_index,
        airflow_try_number
    from runs
    where run_kind = 'airflow_task'
),

-- A query that a task ran is that task's work, so it takes the identity of the task's attempt.
placed as (
    select
        runs.source_name,
        runs.run_id,
        runs.run_kind,
        runs.job_name,
        runs.owners,
        runs.state,
        runs.parent_run_id,
        runs.dbt_unique_id,
        rooted.root_run_id,
        rooted.root_job_namespace,
        rooted.root_job_name,
        rooted.top_run_id,
        airflow_tasks.run_id is not null as is_query_of_task,
        coalesce(airflow_tasks.airflow_task_id, runs.airflow_task_id) as airflow_task_id,
        coalesce(airflow_tasks.airflow_map_index, runs.airflow_map_index) as airflow_map_index,
        coalesce(airflow_tasks.airflow_try_number, runs.airflow_try_number, 1) as airflow_try_number,
        case
            when runs.run_kind in ('airflow_dag_run', 'dbt_invocation') then runs.run_id
            when runs.run_kind <> 'other' then coalesce(runs.parent_run_id, runs.run_id)
            when airflow_tasks.run_id is not null then coalesce(airflow_tasks.parent_run_id, airflow_tasks.run_id)
            else rooted.root_run_id
        end as host_run_id
    from runs
    inner join rooted
        on runs.source_name = rooted.source_name and runs.run_id = rooted.run_id
    left join airflow_tasks
        on runs.source_name = airflow_tasks.source_name and runs.asking_run_id = airflow_tasks.run_id
),

identified as (
    select
        placed.*,
        coalesce(hosts.platform, 'openlineage') as platform,
        coalesce(hosts.platform_instance, placed.root_job_namespace) as platform_instance,
        coalesce(hosts.pipeline_name, placed.root_job_name) as pipeline_name,
        coalesce(hosts.run_id, placed.root_run_id) as native_run_id,
        hosts.instance_namespace,
        placed.run_kind in ('airflow_dag_run', 'dbt_invocation') as is_host
    from placed
    left join hosts
        on placed.source_name = hosts.source_name and placed.host_run_id = hosts.host_run_id
),

final as (
    select
        cast(source_name as text) as source_name,
        cast(run_id as text) as openlineage_run_id,
        cast(run_kind as text) as run_kind,
        cast(case when is_query_of_task then parent_run_id else run_id end as text) as attempt_openlineage_run_id,
        cast(parent_run_id as text) as parent_openlineage_run_id,
        cast(platform as text) as platform,
        cast(platform_instance as text) as platform_instance,
        cast(pipeline_name as text) as pipeline_name,
        cast(native_run_id as text) as run_id,
        cast(case when not is_host then coalesce(airflow_task_id, dbt_unique_id, job_name) end as text) as task_name,
        cast(case when not is_host then coalesce(airflow_map_index, -1) end as integer) as map_index,
        cast(case when not is_host then airflow_try_number end as integer) as try_number,
        cast(
            case
                when is_host then null
                when airflow_task_id is not null then airflow_map_index || '.' || airflow_try_number
                when run_kind = 'other' then run_id
                else '-1.1'
            end as text
        ) as attempt_id,
        cast(host_run_id as text) as host_run_id,
        cast(top_run_id as text) as top_run_id,
        cast(instance_namespace as text) as instance_namespace,
        cast(owners as text) as owners,
        cast(state as text) as state,
        is_query_of_task,
        is_host or (platform = 'openlineage' and run_id = root_run_id) as is_pipeline_run,
        not is_host and not is_query_of_task and run_kind <> 'dbt_test' as is_task_attempt
    from identified
)

select * from final
