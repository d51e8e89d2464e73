{{ config(materialized='table') }}

with

dag_versions as (

    select * from {{ ref('stg_airflow__dag_versions') }}

),

dag_hashes as (

    select * from {{ ref('int_airflow_dag_hashes__dated') }}

),

sightings as (

    select * from {{ ref('int_dbt_nodes__sighted') }}

),

node_contents as (

    select * from {{ ref('stg_dbt__node_contents') }}
    where resource_type in ('model', 'seed', 'snapshot') and checksum is not null

),

node_versions as (

    select
        sightings.source_name,
        sightings.project_name,
        sightings.artifact_id,
        sightings.generated_at,
        sightings.unique_id,
        node_contents.checksum,
        lag(node_contents.checksum) over (
            partition by sightings.source_name, sightings.project_name, sightings.unique_id
            order by sightings.generated_at, sightings.artifact_id
        ) as previous_checksum
    from sightings
    inner join node_contents
        on
            sightings.source_name = node_contents.source_name
            and sightings.unique_id = node_contents.unique_id
            and sightings.node_md5 = node_contents.node_md5
    where sightings.section <> 'disabled'

),

-- The first version of a DAG changes nothing, and the first that is known may have had others before.
unioned as (

    select
        'airflow' as platform,
        source_name as platform_instance,
        dag_id as pipeline_name,
        dag_version_id as deployed_version,
        'version ' || dag_version_number as version_name,
        created_at as deployed_at,
        cast(null as text) as changed_node
    from dag_versions
    where dag_version_number > 1
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
    where checksum <> previous_checksum

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
