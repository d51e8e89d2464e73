with manifests as (

    select * from {{ ref('int_dbt_manifests__identified') }}

),

invocations as (

    select * from {{ ref('int_dbt_invocations__executed') }}

),

nodes as (

    select * from {{ ref('int_dbt_nodes__current') }}

),

sightings as (

    select
        source_name,
        project_name,
        generated_at as seen_at
    from manifests

    union all

    select
        source_name,
        project_name,
        ended_at as seen_at
    from invocations

),

projects as (

    select
        source_name,
        project_name,
        min(seen_at) as first_seen_at,
        max(seen_at) as last_seen_at
    from sightings
    group by source_name, project_name

),

owners as (

    -- The owner of most of what the project itself builds is the project's owner.
    select
        source_name,
        project_name,
        owner_name,
        row_number() over (
            partition by source_name, project_name
            order by count(*) desc, owner_name
        ) as owner_rank
    from nodes
    where
        owner_name is not null
        and is_enabled
        and resource_type in ('model', 'seed', 'snapshot')
        and package_name = project_name
    group by source_name, project_name, owner_name

),

owner_lists as (

    select
        source_name,
        project_name,
        max(case when owner_rank = 1 then owner_name end) as owner_name,
        string_agg(owner_name, ',' order by owner_name) as owners
    from owners
    group by source_name, project_name

),

final as (

    select
        cast('dbt' as text) as platform,
        cast(projects.source_name as text) as platform_instance,
        cast(projects.project_name as text) as pipeline_name,
        cast('dbt' as text) as feed,
        cast(projects.source_name as text) as source_name,
        cast(manifests.adapter_type as text) as adapter_type,
        cast(manifests.dbt_version as text) as dbt_version,
        cast(owner_lists.owner_name as text) as owner_name,
        cast(owner_lists.owners as text) as owners,
        cast(projects.first_seen_at as timestamp) as first_seen_at,
        cast(projects.last_seen_at as timestamp) as last_seen_at
    from projects
    left join manifests
        on
            projects.source_name = manifests.source_name
            and projects.project_name = manifests.project_name
            and manifests.is_latest
    left join owner_lists
        on
            projects.source_name = owner_lists.source_name
            and projects.project_name = owner_lists.project_name

)

select * from final
