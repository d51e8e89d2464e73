with sightings as (

    select * from {{ ref('int_dbt_nodes__sighted') }}

),

node_contents as (

    select * from {{ ref('stg_dbt__node_contents') }}

),

node_tags as (

    select * from {{ ref('stg_dbt__node_tags') }}

),

current_nodes as (

    select
        sightings.project_name,
        sightings.artifact_id,
        sightings.generated_at,
        sightings.section as current_section,
        node_contents.*
    from sightings
    inner join node_contents
        on
            sightings.source_name = node_contents.source_name
            and sightings.unique_id = node_contents.unique_id
            and sightings.node_md5 = node_contents.node_md5
    where sightings.is_latest

),

group_owners as (

    select
        source_name,
        project_name,
        node_name as group_name,
        min(owner_name) as owner_name
    from current_nodes
    where resource_type = 'group'
    group by source_name, project_name, node_name

),

tag_lists as (

    select
        current_nodes.source_name,
        current_nodes.project_name,
        current_nodes.unique_id,
        string_agg(node_tags.tag, ',' order by node_tags.tag) as tags
    from current_nodes
    inner join node_tags
        on
            current_nodes.source_name = node_tags.source_name
            and current_nodes.unique_id = node_tags.unique_id
            and current_nodes.node_md5 = node_tags.node_md5
    group by current_nodes.source_name, current_nodes.project_name, current_nodes.unique_id

),

final as (

    select
        cast(current_nodes.source_name as text) as source_name,
        cast(current_nodes.project_name as text) as project_name,
        cast(current_nodes.unique_id as text) as unique_id,
        cast(current_nodes.artifact_id as text) as manifest_artifact_id,
        cast(current_nodes.generated_at as timestamp) as manifest_generated_at,
        cast(current_nodes.node_md5 as text) as node_md5,
        cast(current_nodes.resource_type as text) as resource_type,
        cast(current_nodes.node_name as text) as node_name,
        cast(current_nodes.package_name as text) as package_name,
        cast({{ dbt_relation_key('current_nodes') }} as text) as relation_key,
        cast(current_nodes.materialized as text) as materialized,
        cast(current_nodes.access as text) as access,
        cast(current_nodes.group_name as text) as group_name,
        cast(
            coalesce(group_owners.owner_name, current_nodes.owner_name, current_nodes.group_name) as text
        ) as owner_name,
        cast(tag_lists.tags as text) as tags,
        cast(current_nodes.severity as text) as severity,
        cast(current_nodes.is_contract_enforced as boolean) as is_contract_enforced,
        cast(current_nodes.current_section <> 'disabled' and current_nodes.is_enabled as boolean) as is_enabled,
        cast(current_nodes.checksum as text) as checksum,
        cast(current_nodes.description as text) as description,
        cast(current_nodes.file_path as text) as file_path
    from current_nodes
    left join group_owners
        on
            current_nodes.source_name = group_owners.source_name
            and current_nodes.project_name = group_owners.project_name
            and current_nodes.group_name = group_owners.group_name
    left join tag_lists
        on
            current_nodes.source_name = tag_lists.source_name
            and current_nodes.project_name = tag_lists.project_name
            and current_nodes.unique_id = tag_lists.unique_id

)

select * from final
