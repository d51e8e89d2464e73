with

steps as (
    select * from {{ ref('int_schema_changes__stepped') }}
),

dbt_nodes as (
    select distinct
        datasets.dataset_key,
        node_contents.source_name,
        node_contents.unique_id,
        node_contents.node_md5
    from {{ ref('int_datasets__resolved') }} as datasets
    inner join {{ ref('int_dbt_relations__named') }} as relations
        on datasets.dataset_namespace = relations.dataset_namespace and datasets.dataset_name = relations.dataset_name
    inner join {{ ref('stg_dbt__node_contents') }} as node_contents
        on
            relations.source_name = node_contents.source_name
            and relations.relation_key = {{ dbt_relation_key('node_contents') }}
    where datasets.dataset_key in (select steps.dataset_key from steps)
),

dbt_versions as (
    select
        dbt_nodes.dataset_key,
        versions.checksum as deployed_version,
        versions.generated_at as deployed_at,
        versions.is_changed
    from dbt_nodes
    inner join {{ ref('int_dbt_nodes__versioned') }} as versions
        on
            dbt_nodes.source_name = versions.source_name
            and dbt_nodes.unique_id = versions.unique_id
            and dbt_nodes.node_md5 = versions.node_md5
),

dag_versions as (
    select
        pipelines.pipeline_key,
        dags.dag_version_id as deployed_version,
        dags.serialized_at as deployed_at,
        true as is_deployment
    from {{ ref('int_pipelines__resolved') }} as pipelines
    inner join {{ ref('int_airflow_serialized_dags__dated') }} as dags
        on pipelines.platform_instance = dags.source_name and pipelines.pipeline_name = dags.dag_id
    where pipelines.platform = 'airflow'
    union all
    select
        pipelines.pipeline_key,
        dag_hashes.dag_hash as deployed_version,
        dag_hashes.first_seen_at as deployed_at,
        not dag_hashes.is_first as is_deployment
    from {{ ref('int_pipelines__resolved') }} as pipelines
    inner join {{ ref('int_airflow_dag_hashes__dated') }} as dag_hashes
        on pipelines.platform_instance = dag_hashes.source_name and pipelines.pipeline_name = dag_hashes.dag_id
    where pipelines.platform = 'airflow'
),

-- Manifests show a node on both sides of the step, or they do not tell. A DAG is serialized whenever it changes.
sightings as (
    select
        steps.*,
        dbt_versions.deployed_version,
        dbt_versions.deployed_at,
        dbt_versions.is_changed as is_deployment,
        dbt_versions.deployed_at <= steps.last_seen_before_at as is_before,
        dbt_versions.deployed_at > steps.last_seen_before_at as is_after
    from steps
    inner join dbt_versions
        on steps.dataset_key = dbt_versions.dataset_key and steps.changed_at >= dbt_versions.deployed_at
    union all
    select
        steps.*,
        dag_versions.deployed_version,
        dag_versions.deployed_at,
        dag_versions.is_deployment,
        true as is_before,
        true as is_after
    from steps
    inner join dag_versions
        on steps.pipeline_key = dag_versions.pipeline_key and steps.changed_at >= dag_versions.deployed_at
),

in_time as (
    select
        *,
        is_deployment
        and deployed_at > last_seen_before_at
        - {{ var('schema_change_explained_within_hours') }} * interval '1 hour' as is_explaining
    from sightings
),

final as (
    select
        cast(dataset_key as uuid) as dataset_key,
        cast(changed_at as timestamp) as changed_at,
        cast(bool_or(is_before) and bool_or(is_after) as boolean) as is_known,
        cast(max(deployed_at) filter (where is_explaining) as timestamp) as deployed_at,
        cast(
            (
                array_agg(deployed_version order by deployed_at desc, deployed_version asc)
                filter (where is_explaining)
            )[1] as text
        ) as deployed_version
    from in_time
    group by 1, 2
)

select * from final
