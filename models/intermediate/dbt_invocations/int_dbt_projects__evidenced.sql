with manifests as (

    select * from {{ ref('int_dbt_manifests__identified') }}

),

sightings as (

    select * from {{ ref('int_dbt_nodes__sighted') }}

),

results as (

    select * from {{ ref('int_dbt_results__merged') }}

),

project_nodes as (

    select distinct
        source_name,
        project_name,
        unique_id
    from sightings

),

evidence as (

    select distinct
        source_name,
        invocation_id,
        project_name,
        'own manifest' as evidence,
        1 as result_count
    from manifests
    where invocation_id is not null

    union all

    select
        results.source_name,
        results.invocation_id,
        project_nodes.project_name,
        'manifests of the project' as evidence,
        count(*) as result_count
    from results
    inner join project_nodes
        on
            results.source_name = project_nodes.source_name
            and results.unique_id = project_nodes.unique_id
    group by results.source_name, results.invocation_id, project_nodes.project_name

    union all

    select
        source_name,
        invocation_id,
        split_part(unique_id, '.', 2) as project_name,
        'package of the ids' as evidence,
        count(*) as result_count
    from results
    where split_part(unique_id, '.', 2) <> ''
    group by source_name, invocation_id, split_part(unique_id, '.', 2)

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(invocation_id as text) as invocation_id,
        cast(project_name as text) as project_name,
        cast(evidence as text) as evidence,
        cast(result_count as bigint) as result_count
    from evidence

)

select * from final
