with manifests as (

    select * from {{ ref('int_dbt_manifests__identified') }}

),

evidence as (

    select * from {{ ref('int_dbt_projects__evidenced') }}

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

ranked_candidates as (

    -- A package of the ids weighs least, for a project also runs the nodes of the packages that it installs.
    select
        *,
        row_number() over (
            partition by source_name, invocation_id
            order by
                case evidence when 'own manifest' then 0 when 'manifests of the project' then 1 else 2 end,
                result_count desc, project_name asc
        ) as candidate_rank
    from evidence

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
