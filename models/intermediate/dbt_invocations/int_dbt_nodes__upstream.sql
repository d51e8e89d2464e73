{{ config(materialized='table') }}

with recursive nodes as (

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

starting_nodes as (

    select distinct
        source_name,
        manifest_artifact_id,
        unique_id,
        node_md5
    from nodes
    where resource_type in ('model', 'seed', 'snapshot')

),

used_manifests as (

    select distinct
        source_name,
        manifest_artifact_id
    from starting_nodes

),

edges as (

    -- What a node of a manifest reads, and what that is in the same manifest.
    select
        sightings.source_name,
        sightings.artifact_id,
        sightings.unique_id,
        dependencies.depends_on_unique_id,
        coalesce(upstream_contents.materialized, '') = 'ephemeral' as is_upstream_ephemeral,
        {{ dbt_relation_key('upstream_contents') }} as upstream_relation_key
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

),

walked as (

    select
        starting_nodes.source_name,
        starting_nodes.manifest_artifact_id,
        starting_nodes.unique_id,
        edges.depends_on_unique_id,
        edges.is_upstream_ephemeral,
        edges.upstream_relation_key
    from starting_nodes
    inner join edges
        on
            starting_nodes.source_name = edges.source_name
            and starting_nodes.manifest_artifact_id = edges.artifact_id
            and starting_nodes.unique_id = edges.unique_id

    union

    -- An ephemeral model is part of the query of its readers: they read what it reads.
    select
        walked.source_name,
        walked.manifest_artifact_id,
        walked.unique_id,
        edges.depends_on_unique_id,
        edges.is_upstream_ephemeral,
        edges.upstream_relation_key
    from walked
    inner join edges
        on
            walked.source_name = edges.source_name
            and walked.manifest_artifact_id = edges.artifact_id
            and walked.depends_on_unique_id = edges.unique_id
    where walked.is_upstream_ephemeral

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(manifest_artifact_id as text) as manifest_artifact_id,
        cast(unique_id as text) as unique_id,
        cast(depends_on_unique_id as text) as upstream_unique_id,
        cast(upstream_relation_key as text) as upstream_relation_key
    from walked
    where upstream_relation_key is not null

)

select * from final
