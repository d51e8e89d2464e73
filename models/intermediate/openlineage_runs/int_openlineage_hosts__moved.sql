with

airflow_instances as (

    select * from {{ ref('int_airflow_instances__linked') }}

),

dbt_instances as (

    select * from {{ ref('int_dbt_instances__linked') }}

),

previous as (

    {{ previous_rows(
        previous_build_of('int_openlineage_runs__identified', ['instance_namespace']),
        {
            'source_name': 'text', 'platform': 'text', 'platform_instance': 'text', 'instance_namespace': 'text',
            'run_id': 'text',
        }
    ) }}

),

hosts as (

    select
        source_name,
        platform_instance,
        instance_namespace,
        case when platform = 'dbt' then run_id end as invocation_id
    from previous
    where platform <> 'openlineage'
    group by 1, 2, 3, 4

),

final as (

    select
        cast(hosts.source_name as text) as source_name,
        cast(hosts.platform_instance as text) as platform_instance,
        cast(hosts.instance_namespace as text) as instance_namespace,
        cast(hosts.invocation_id as text) as invocation_id
    from hosts
    left join airflow_instances
        on
            hosts.source_name = airflow_instances.source_name
            and hosts.instance_namespace = airflow_instances.job_namespace
            and hosts.invocation_id is null
    left join dbt_instances
        on
            hosts.source_name = dbt_instances.source_name
            and hosts.instance_namespace = dbt_instances.job_namespace
            and hosts.invocation_id = dbt_instances.invocation_id
    where
        hosts.platform_instance <> coalesce(
            airflow_instances.airflow_source_name, dbt_instances.dbt_source_name, hosts.instance_namespace
        )

)

select * from final
