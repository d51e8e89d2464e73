with results as (

    select * from {{ ref('int_dbt_results__merged') }}

),

nodes as (

    select * from {{ ref('int_dbt_nodes__resolved') }}

),

dependencies as (

    select * from {{ ref('stg_dbt__node_dependencies') }}

),

final as (

    select
        cast(results.source_name as text) as source_name,
        cast(results.invocation_id as text) as invocation_id,
        cast(results.artifact_type as text) as artifact_type,
        cast(results.unique_id as text) as unique_id,
        cast(results.status as text) as status,
        cast(nodes.resource_type as text) as resource_type,
        cast(dependencies.depends_on_unique_id as text) as depends_on_unique_id
    from results
    inner join nodes
        on
            results.source_name = nodes.source_name
            and results.invocation_id = nodes.invocation_id
            and results.unique_id = nodes.unique_id
    inner join dependencies
        on
            nodes.source_name = dependencies.source_name
            and nodes.unique_id = dependencies.unique_id
            and nodes.node_md5 = dependencies.node_md5

)

select * from final
