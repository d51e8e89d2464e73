with

sightings as (

    select * from {{ ref('int_dbt_nodes__sighted') }}

),

node_contents as (

    select * from {{ ref('stg_dbt__node_contents') }}

),

compared as (

    select
        sightings.source_name,
        sightings.project_name,
        sightings.artifact_id,
        sightings.generated_at,
        sightings.unique_id,
        sightings.node_md5,
        node_contents.checksum,
        lag(node_contents.checksum) over (
            partition by sightings.source_name, sightings.project_name, sightings.unique_id
            order by sightings.generated_at, sightings.artifact_id
        ) as previous_checksum
    from sightings
    inner join node_contents
        on
            sightings.source_name = node_contents.source_name
            and sightings.unique_id = node_contents.unique_id
            and sightings.node_md5 = node_contents.node_md5
    where
        sightings.section <> 'disabled'
        and node_contents.resource_type in ('model', 'seed', 'snapshot')
        and node_contents.checksum is not null

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(project_name as text) as project_name,
        cast(artifact_id as text) as artifact_id,
        cast(generated_at as timestamp) as generated_at,
        cast(unique_id as text) as unique_id,
        cast(node_md5 as text) as node_md5,
        cast(checksum as text) as checksum,
        cast(coalesce(checksum <> previous_checksum, false) as boolean) as is_changed
    from compared

)

select * from final
