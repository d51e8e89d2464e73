with recursive

nodes as (

    select * from {{ ref('int_dbt_nodes__current') }}

),

dependencies as (

    select
        nodes.source_name,
        nodes.project_name,
        nodes.unique_id,
        parents.unique_id as parent_unique_id,
        parents.relation_key
    from nodes
    inner join {{ ref('stg_dbt__node_dependencies') }} as dependencies
        on
            nodes.source_name = dependencies.source_name
            and nodes.unique_id = dependencies.unique_id
            and nodes.node_md5 = dependencies.node_md5
    inner join nodes as parents
        on
            nodes.source_name = parents.source_name
            and nodes.project_name = parents.project_name
            and dependencies.depends_on_unique_id = parents.unique_id

),

-- Metrics and ephemeral models are no relations: what is made of them reads what they read.
walked as (

    select
        dependencies.source_name,
        dependencies.project_name,
        dependencies.unique_id,
        dependencies.parent_unique_id,
        dependencies.relation_key
    from dependencies
    inner join {{ ref('int_exposures__defined') }} as exposures
        on
            dependencies.source_name = exposures.source_name
            and dependencies.project_name = exposures.project_name
            and dependencies.unique_id = exposures.unique_id
    union
    select
        walked.source_name,
        walked.project_name,
        walked.unique_id,
        dependencies.parent_unique_id,
        dependencies.relation_key
    from walked
    inner join dependencies
        on
            walked.source_name = dependencies.source_name
            and walked.project_name = dependencies.project_name
            and walked.parent_unique_id = dependencies.unique_id
    where walked.relation_key is null

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(project_name as text) as project_name,
        cast(unique_id as text) as unique_id,
        cast(parent_unique_id as text) as node_unique_id,
        cast(relation_key as text) as relation_key
    from walked
    where relation_key is not null

)

select * from final
