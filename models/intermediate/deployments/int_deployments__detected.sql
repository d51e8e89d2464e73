{{ config(materialized='table') }}

with

dags as (

    select * from {{ ref('int_airflow_serialized_dags__dated') }}

),

dag_versions as (

    select * from {{ ref('stg_airflow__dag_versions') }}

),

dag_hashes as (

    select * from {{ ref('int_airflow_dag_hashes__dated') }}

),

node_versions as (

    select * from {{ ref('int_dbt_nodes__versioned') }}

),

-- A version that nothing has run yet is serialized anew in its place.
deployed_dags as (

    select
        dags.source_name,
        dags.dag_id,
        dags.dag_version_id,
        dag_versions.dag_version_number,
        max(dags.serialized_at) as deployed_at
    from dags
    inner join dag_versions
        on
            dags.source_name = dag_versions.source_name
            and dags.dag_id = dag_versions.dag_id
            and dags.dag_version_id = dag_versions.dag_version_id
    where dag_versions.dag_version_number > 1
    group by 1, 2, 3, 4

),

unioned as (

    select
        'airflow' as platform,
        source_name as platform_instance,
        dag_id as pipeline_name,
        dag_version_id as deployed_version,
        'version ' || dag_version_number as version_name,
        deployed_at,
        cast(null as text) as changed_node
    from deployed_dags
    union all
    select
        'airflow' as platform,
        source_name as platform_instance,
        dag_id as pipeline_name,
        dag_hash as deployed_version,
        'hash ' || left(dag_hash, 8) as version_name,
        first_seen_at as deployed_at,
        cast(null as text) as changed_node
    from dag_hashes
    where not is_first
    union all
    select
        'dbt' as platform,
        source_name as platform_instance,
        project_name as pipeline_name,
        artifact_id as deployed_version,
        'of ' || cast(date_trunc('second', generated_at) as text) as version_name,
        generated_at as deployed_at,
        unique_id as changed_node
    from node_versions
    where is_changed

),

final as (

    select
        {{ surrogate_key(['platform', 'platform_instance', 'pipeline_name', 'deployed_version']) }} as deployment_key,
        {{ pipeline_key('unioned') }} as pipeline_key,
        cast(platform as text) as platform,
        cast(platform_instance as text) as platform_instance,
        cast(pipeline_name as text) as pipeline_name,
        cast(deployed_version as text) as deployed_version,
        cast(version_name as text) as version_name,
        cast(deployed_at as timestamp) as deployed_at,
        cast(changed_node as text) as changed_node
    from unioned

)

select * from final
