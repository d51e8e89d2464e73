with

runs as (

    select * from {{ ref('int_openlineage_runs__merged') }}
    where run_kind <> 'other' and {{ is_of_touched_family() }}

),

airflow_instances as (

    select * from {{ ref('int_airflow_instances__linked') }}

),

dbt_instances as (

    select * from {{ ref('int_dbt_instances__linked') }}

),

told as (

    select
        *,
        run_kind in ('airflow_dag_run', 'dbt_invocation') as is_host,
        case
            when run_kind in ('airflow_dag_run', 'dbt_invocation') then run_id
            else coalesce(parent_run_id, run_id)
        end as host_run_id
    from runs

),

hosts as (

    select
        source_name,
        host_run_id,
        case when min(run_kind) in ('airflow_dag_run', 'airflow_task') then 'airflow' else 'dbt' end as platform,
        coalesce(max(job_namespace) filter (where is_host), max(job_namespace)) as job_namespace,
        coalesce(
            max(airflow_dag_id), max(dbt_project_name), max(job_name) filter (where is_host), max(parent_job_name)
        ) as pipeline_name,
        max(airflow_run_id) as airflow_run_id,
        max(dbt_invocation_id) as dbt_invocation_id
    from told
    group by 1, 2

),

final as (

    select
        cast(hosts.source_name as text) as source_name,
        cast(hosts.host_run_id as text) as host_run_id,
        cast(hosts.platform as text) as platform,
        cast(
            coalesce(airflow_instances.airflow_source_name, dbt_instances.dbt_source_name, hosts.job_namespace) as text
        ) as platform_instance,
        cast(hosts.job_namespace as text) as instance_namespace,
        cast(hosts.pipeline_name as text) as pipeline_name,
        cast(coalesce(hosts.airflow_run_id, hosts.dbt_invocation_id, hosts.host_run_id) as text) as run_id
    from hosts
    left join airflow_instances
        on
            hosts.source_name = airflow_instances.source_name
            and hosts.job_namespace = airflow_instances.job_namespace
            and hosts.platform = 'airflow'
    left join dbt_instances
        on
            hosts.source_name = dbt_instances.source_name
            and hosts.job_namespace = dbt_instances.job_namespace
            and hosts.dbt_invocation_id = dbt_instances.invocation_id

)

select * from final
