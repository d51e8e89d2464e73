{{ config(materialized='table') }}

with artifacts as (

    select * from {{ ref('stg_dbt__artifacts') }}

),

manifest_nodes as (

    select * from {{ ref('stg_dbt__manifest_nodes') }}

),

node_contents as (

    select * from {{ ref('stg_dbt__node_contents') }}

),

manifests as (

    select * from artifacts
    where artifact_type = 'manifest'

),

packages as (

    select
        manifests.source_name,
        manifests.artifact_id,
        manifests.project_id,
        node_contents.package_name,
        count(*) as node_count
    from manifests
    inner join manifest_nodes
        on
            manifests.source_name = manifest_nodes.source_name
            and manifests.artifact_id = manifest_nodes.artifact_id
    inner join node_contents
        on
            manifest_nodes.source_name = node_contents.source_name
            and manifest_nodes.unique_id = node_contents.unique_id
            and manifest_nodes.node_md5 = node_contents.node_md5
    where manifests.project_name is null and node_contents.package_name is not null
    group by manifests.source_name, manifests.artifact_id, manifests.project_id, node_contents.package_name

),

ranked_packages as (

    -- Before dbt 1.6 a manifest says only the md5 of its project's name.
    select
        source_name,
        artifact_id,
        package_name,
        row_number() over (
            partition by source_name, artifact_id
            order by case when md5(package_name) = project_id then 0 else 1 end asc, node_count desc, package_name asc
        ) as package_rank
    from packages

),

final as (

    select
        cast(manifests.source_name as text) as source_name,
        cast(manifests.artifact_id as text) as artifact_id,
        cast(manifests.invocation_id as text) as invocation_id,
        cast(coalesce(manifests.project_name, ranked_packages.package_name, manifests.source_name) as text)
            as project_name,
        cast(manifests.adapter_type as text) as adapter_type,
        cast(manifests.dbt_version as text) as dbt_version,
        cast(manifests.generated_at as timestamp) as generated_at,
        cast(
            row_number() over (
                partition by
                    manifests.source_name,
                    coalesce(manifests.project_name, ranked_packages.package_name, manifests.source_name)
                order by manifests.generated_at desc nulls last, manifests.artifact_id desc
            ) = 1 as boolean
        ) as is_latest
    from manifests
    left join ranked_packages
        on
            manifests.source_name = ranked_packages.source_name
            and manifests.artifact_id = ranked_packages.artifact_id
            and ranked_packages.package_rank = 1

)

select * from final
