{{ config(materialized='table') }}

with

manifests as (

    select * from {{ ref('int_dbt_manifests__identified') }}

),

sightings as (

    select * from {{ ref('int_dbt_nodes__sighted') }}

),

contents as (

    select
        source_name,
        unique_id,
        node_md5,
        min(content_md5) as content_md5
    from {{ ref('int_dbt_contract_columns__unpacked') }}
    group by 1, 2, 3

),

contracted as (

    select
        sightings.source_name,
        sightings.project_name,
        sightings.unique_id,
        min(sightings.generated_at) as first_sighted_at
    from sightings
    inner join contents
        on
            sightings.source_name = contents.source_name
            and sightings.unique_id = contents.unique_id
            and sightings.node_md5 = contents.node_md5
    group by 1, 2, 3

),

-- A manifest holds the whole project: from one that enforces the contract no more, it is retired.
states as (

    select
        contracted.source_name,
        contracted.project_name,
        contracted.unique_id,
        manifests.generated_at,
        max(contents.content_md5) as content_md5,
        (array_agg(sightings.node_md5 order by contents.content_md5 desc nulls last, sightings.node_md5 asc))[1]
            as node_md5
    from contracted
    inner join manifests
        on
            contracted.source_name = manifests.source_name
            and contracted.project_name = manifests.project_name
            and contracted.first_sighted_at <= manifests.generated_at
    left join sightings
        on
            contracted.source_name = sightings.source_name
            and manifests.artifact_id = sightings.artifact_id
            and contracted.unique_id = sightings.unique_id
            and sightings.section <> 'disabled'
    left join contents
        on
            sightings.source_name = contents.source_name
            and sightings.unique_id = contents.unique_id
            and sightings.node_md5 = contents.node_md5
    group by 1, 2, 3, 4

),

compared as (

    select
        *,
        row_number() over (partition by source_name, project_name, unique_id order by generated_at) as state_number,
        lag(content_md5) over (partition by source_name, project_name, unique_id order by generated_at)
            as previous_md5
    from states

),

changes as (

    select
        *,
        lead(generated_at) over (partition by source_name, project_name, unique_id order by generated_at)
            as next_changed_at
    from compared
    where state_number = 1 or content_md5 is distinct from previous_md5

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(project_name as text) as project_name,
        cast(unique_id as text) as unique_id,
        cast(
            case when state_number = 1 then cast('1900-01-01' as timestamp) else generated_at end as timestamp
        ) as valid_from,
        cast(coalesce(next_changed_at, cast('9999-12-31' as timestamp)) as timestamp) as valid_to,
        next_changed_at is null as is_current,
        content_md5 is not null as is_enforced,
        cast(case when content_md5 is not null then node_md5 end as text) as node_md5
    from changes

)

select * from final
