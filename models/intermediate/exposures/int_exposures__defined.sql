with

nodes as (

    select * from {{ ref('int_dbt_nodes__current') }}
    where resource_type = 'exposure' and is_enabled

),

node_contents as (

    select * from {{ ref('stg_dbt__node_contents') }}

),

final as (

    select
        {{ surrogate_key(["'dbt'", 'nodes.source_name', 'nodes.project_name', 'nodes.unique_id']) }} as exposure_key,
        cast(nodes.source_name as text) as source_name,
        cast(nodes.project_name as text) as project_name,
        cast(nodes.unique_id as text) as unique_id,
        cast(nodes.node_name as text) as exposure_name,
        cast(coalesce(node_contents.label, nodes.node_name) as text) as subject_name,
        cast(node_contents.exposure_type as text) as exposure_type,
        cast(node_contents.maturity as text) as maturity,
        cast(node_contents.url as text) as url,
        cast(nodes.description as text) as description,
        cast(nodes.owner_name as text) as owner_name
    from nodes
    inner join node_contents
        on
            nodes.source_name = node_contents.source_name
            and nodes.unique_id = node_contents.unique_id
            and nodes.node_md5 = node_contents.node_md5

)

select * from final
