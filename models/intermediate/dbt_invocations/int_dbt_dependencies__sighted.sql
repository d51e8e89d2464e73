{{ config(materialized='table') }}

with nodes as (

    select * from {{ ref('int_dbt_nodes__resolved') }}

),

sightings as (

    select * from {{ ref('int_dbt_nodes__sighted') }}

),

dependencies as (

    select * from {{ ref('stg_dbt__node_dependencies') }}

),

node_contents as (

    select * from {{ ref('stg_dbt__node_contents') }}

),

used_manifests as (

    select distinct
        source_name,
        manifest_artifact_id
    from nodes
    where resource_type in ('model', 'seed', 'snapshot')

),

final as (

    select
        cast(sightings.source_name as text) as source_name,
        cast(sightings.artifact_id as text) as manifest_artifact_id,
        cast(sightings.unique_id as text) as unique_id,
        cast(dependencies.depends_on_unique_id as text) as upstream_unique_id,
        cast(coalesce(upstream_contents.materialized, '') = 'ephemeral' as boolean) as is_upstream_ephemeral,
        cast({{ dbt_relation_key('upstream_contents') }} as text) as upstream_relation_key
    from used_manifests
    inner join sightings
        on
            used_manifests.source_name = sightings.source_name
            and used_manifests.manifest_artifact_id = sightings.artifact_id
    inner join dependencies
        on
            sightings.source_name = dependencies.source_name
            and sightings.unique_id = dependencies.unique_id
            and sightings.node_md5 = dependencies.node_md5
    inner join sightings as upstream_sightings
        on
            sightings.source_name = upstream_sightings.source_name
            and sightings.artifact_id = upstream_sightings.artifact_id
            and dependencies.depends_on_unique_id = upstream_sightings.unique_id
    inner join node_contents as upstream_contents
        on
            upstream_sightings.source_name = upstream_contents.source_name
            and upstream_sightings.unique_id = upstream_contents.unique_id
            and upstream_sightings.node_md5 = upstream_contents.node_md5

)

select * from final
