{{ config(materialized='table') }}

with recursive nodes as (

    select * from {{ ref('int_dbt_nodes__resolved') }}

),

dependencies as (

    select * from {{ ref('int_dbt_dependencies__sighted') }}

),

starting_nodes as (

    select distinct
        source_name,
        manifest_artifact_id,
        unique_id
    from nodes
    where resource_type in ('model', 'seed', 'snapshot')

),

walked as (

    select
        starting_nodes.source_name,
        starting_nodes.manifest_artifact_id,
        starting_nodes.unique_id,
        dependencies.upstream_unique_id,
        dependencies.is_upstream_ephemeral,
        dependencies.upstream_relation_key
    from starting_nodes
    inner join dependencies
        on
            starting_nodes.source_name = dependencies.source_name
            and starting_nodes.manifest_artifact_id = dependencies.manifest_artifact_id
            and starting_nodes.unique_id = dependencies.unique_id

    union

    -- An ephemeral model is part of the query of its readers: they read what it reads.
    select
        walked.source_name,
        walked.manifest_artifact_id,
        walked.unique_id,
        dependencies.upstream_unique_id,
        dependencies.is_upstream_ephemeral,
        dependencies.upstream_relation_key
    from walked
    inner join dependencies
        on
            walked.source_name = dependencies.source_name
            and walked.manifest_artifact_id = dependencies.manifest_artifact_id
            and walked.upstream_unique_id = dependencies.unique_id
    where walked.is_upstream_ephemeral

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(manifest_artifact_id as text) as manifest_artifact_id,
        cast(unique_id as text) as unique_id,
        cast(upstream_unique_id as text) as upstream_unique_id,
        cast(upstream_relation_key as text) as upstream_relation_key
    from walked
    where upstream_relation_key is not null

)

select * from final
