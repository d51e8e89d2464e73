with manifests as (

    select * from {{ ref('int_dbt_manifests__identified') }}

),

sightings as (

    select * from {{ ref('int_dbt_nodes__sighted') }}

),

results as (

    select * from {{ ref('int_dbt_results__merged') }}

),

artifacts as (

    select * from {{ ref('stg_dbt__artifacts') }}

),

invocations as (

    select distinct
        source_name,
        coalesce(invocation_id, artifact_id) as invocation_id
    from artifacts
    where artifact_type in ('run-results', 'sources')

),

project_nodes as (

    select distinct
        source_name,
        project_name,
        unique_id
    from sightings

),

candidates as (

    select
        source_name,
        invocation_id,
        project_name,
        0 as preference,
        1 as result_count
    from manifests

    union all

    -- The project whose manifests know most of the results; a package of their ids weighs less, for
    -- a project also runs the nodes of the packages that it installs.
    select
        results.source_name,
        results.invocation_id,
        project_nodes.project_name,
        1 as preference,
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
        2 as preference,
        count(*) as result_count
    from results
    where split_part(unique_id, '.', 2) <> ''
    group by source_name, invocation_id, split_part(unique_id, '.', 2)

),

ranked_candidates as (

    select
        *,
        row_number() over (
            partition by source_name, invocation_id
            order by preference asc, result_count desc, project_name asc
        ) as candidate_rank
    from candidates

),

only_projects as (

    select
        source_name,
        max(project_name) as project_name
    from manifests
    group by source_name
    having count(distinct project_name) = 1

),

final as (

    select
        cast(invocations.source_name as text) as source_name,
        cast(invocations.invocation_id as text) as invocation_id,
        cast(
            coalesce(
                ranked_candidates.project_name, only_projects.project_name, invocations.source_name
            ) as text
        ) as project_name
    from invocations
    left join ranked_candidates
        on
            invocations.source_name = ranked_candidates.source_name
            and invocations.invocation_id = ranked_candidates.invocation_id
            and ranked_candidates.candidate_rank = 1
    left join only_projects on invocations.source_name = only_projects.source_name

)

select * from final
