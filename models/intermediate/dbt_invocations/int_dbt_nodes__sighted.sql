{{ config(materialized='table') }}

with manifests as (

    select * from {{ ref('int_dbt_manifests__identified') }}

),

manifest_nodes as (

    select * from {{ ref('stg_dbt__manifest_nodes') }}

),

ranked as (

    select
        manifests.source_name,
        manifests.project_name,
        manifests.artifact_id,
        manifests.invocation_id,
        manifests.generated_at,
        manifests.adapter_type,
        manifests.is_latest,
        manifest_nodes.unique_id,
        manifest_nodes.section,
        manifest_nodes.node_md5,
        row_number() over (
            partition by manifests.source_name, manifests.artifact_id, manifest_nodes.unique_id
            order by case when manifest_nodes.section = 'disabled' then 1 else 0 end, manifest_nodes.node_md5
        ) as content_rank
    from manifests
    inner join manifest_nodes
        on
            manifests.source_name = manifest_nodes.source_name
            and manifests.artifact_id = manifest_nodes.artifact_id

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(project_name as text) as project_name,
        cast(artifact_id as text) as artifact_id,
        cast(invocation_id as text) as invocation_id,
        cast(generated_at as timestamp) as generated_at,
        cast(adapter_type as text) as adapter_type,
        cast(is_latest as boolean) as is_latest,
        cast(unique_id as text) as unique_id,
        cast(section as text) as section,
        cast(node_md5 as text) as node_md5
    from ranked
    where content_rank = 1

)

select * from final
