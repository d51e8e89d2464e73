with invocations as (

    select * from {{ ref('int_dbt_invocations__executed') }}

),

results as (

    select * from {{ ref('int_dbt_results__merged') }}

),

sightings as (

    select * from {{ ref('int_dbt_nodes__sighted') }}

),

wanted as (

    select distinct
        invocations.source_name,
        invocations.project_name,
        invocations.invocation_id,
        invocations.ended_at,
        results.unique_id
    from invocations
    inner join results
        on
            invocations.source_name = results.source_name
            and invocations.invocation_id = results.invocation_id
    where results.unique_id is not null

),

timeline as (

    select
        source_name,
        project_name,
        unique_id,
        invocation_id,
        ended_at as happened_at,
        cast(null as timestamp) as sighted_at
    from wanted

    union all

    select
        source_name,
        project_name,
        unique_id,
        null as invocation_id,
        generated_at as happened_at,
        generated_at as sighted_at
    from sightings

),

neighbours as (

    select
        source_name,
        project_name,
        unique_id,
        invocation_id,
        max(sighted_at) over (
            partition by source_name, project_name, unique_id
            order by happened_at
            range between unbounded preceding and current row
        ) as earlier_at,
        min(sighted_at) over (
            partition by source_name, project_name, unique_id
            order by happened_at
            range between current row and unbounded following
        ) as later_at
    from timeline

),

candidates as (

    select
        wanted.source_name,
        wanted.invocation_id,
        wanted.unique_id,
        sightings.artifact_id,
        sightings.node_md5,
        1 as preference
    from wanted
    inner join sightings
        on
            wanted.source_name = sightings.source_name
            and wanted.invocation_id = sightings.invocation_id
            and wanted.unique_id = sightings.unique_id

    union all

    select
        neighbours.source_name,
        neighbours.invocation_id,
        neighbours.unique_id,
        sightings.artifact_id,
        sightings.node_md5,
        case when neighbours.earlier_at is not null then 2 else 3 end as preference
    from neighbours
    inner join sightings
        on
            neighbours.source_name = sightings.source_name
            and neighbours.project_name = sightings.project_name
            and neighbours.unique_id = sightings.unique_id
            and coalesce(neighbours.earlier_at, neighbours.later_at) = sightings.generated_at
    where neighbours.invocation_id is not null

),

ranked as (

    select
        *,
        row_number() over (
            partition by source_name, invocation_id, unique_id
            order by preference asc, artifact_id desc
        ) as candidate_rank
    from candidates

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(invocation_id as text) as invocation_id,
        cast(unique_id as text) as unique_id,
        cast(artifact_id as text) as artifact_id,
        cast(node_md5 as text) as node_md5,
        cast(case preference when 1 then 'same invocation' when 2 then 'earlier' else 'later' end as text)
            as manifest_found
    from ranked
    where candidate_rank = 1

)

select * from final
