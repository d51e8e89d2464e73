with dated as (

    select * from {{ ref('int_dbt_results__dated') }}

),

sightings as (

    select * from {{ ref('int_dbt_nodes__sighted') }}

),

candidates as (

    select
        dated.source_name,
        dated.invocation_id,
        dated.unique_id,
        sightings.artifact_id,
        sightings.node_md5,
        1 as preference
    from dated
    inner join sightings
        on
            dated.source_name = sightings.source_name
            and dated.invocation_id = sightings.invocation_id
            and dated.unique_id = sightings.unique_id

    union all

    select
        dated.source_name,
        dated.invocation_id,
        dated.unique_id,
        sightings.artifact_id,
        sightings.node_md5,
        case when dated.earlier_at is not null then 2 else 3 end as preference
    from dated
    inner join sightings
        on
            dated.source_name = sightings.source_name
            and dated.project_name = sightings.project_name
            and dated.unique_id = sightings.unique_id
            and coalesce(dated.earlier_at, dated.later_at) = sightings.generated_at

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
