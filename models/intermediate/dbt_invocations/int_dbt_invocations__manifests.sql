with invocations as (

    select * from {{ ref('int_dbt_invocations__executed') }}

),

manifests as (

    select * from {{ ref('int_dbt_manifests__identified') }}

),

timeline as (

    select
        source_name,
        project_name,
        invocation_id,
        ended_at as happened_at,
        cast(null as timestamp) as generated_at
    from invocations

    union all

    select
        source_name,
        project_name,
        null as invocation_id,
        generated_at as happened_at,
        generated_at
    from manifests

),

neighbours as (

    select
        source_name,
        project_name,
        invocation_id,
        coalesce(
            max(generated_at) over (
                partition by source_name, project_name
                order by happened_at
                range between unbounded preceding and current row
            ),
            min(generated_at) over (
                partition by source_name, project_name
                order by happened_at
                range between current row and unbounded following
            )
        ) as nearest_at
    from timeline

),

candidates as (

    select
        invocations.source_name,
        invocations.invocation_id,
        manifests.artifact_id,
        1 as preference
    from invocations
    inner join manifests
        on
            invocations.source_name = manifests.source_name
            and invocations.invocation_id = manifests.invocation_id

    union all

    select
        neighbours.source_name,
        neighbours.invocation_id,
        manifests.artifact_id,
        2 as preference
    from neighbours
    inner join manifests
        on
            neighbours.source_name = manifests.source_name
            and neighbours.project_name = manifests.project_name
            and neighbours.nearest_at = manifests.generated_at
    where neighbours.invocation_id is not null

),

ranked as (

    select
        *,
        row_number() over (
            partition by source_name, invocation_id
            order by preference asc, artifact_id desc
        ) as candidate_rank
    from candidates

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(invocation_id as text) as invocation_id,
        cast(artifact_id as text) as manifest_artifact_id,
        cast(preference = 1 as boolean) as is_own_manifest
    from ranked
    where candidate_rank = 1

)

select * from final
