with invocations as (

    select * from {{ ref('int_dbt_invocations__executed') }}

),

invocation_manifests as (

    select * from {{ ref('int_dbt_invocations__manifests') }}

),

sightings as (

    select * from {{ ref('int_dbt_nodes__sighted') }}

),

node_contents as (

    select * from {{ ref('stg_dbt__node_contents') }}

),

results as (

    select * from {{ ref('int_dbt_results__merged') }}

),

expected_sources as (

    select
        invocations.source_name,
        invocations.invocation_id,
        invocations.ended_at,
        node_contents.unique_id,
        node_contents.node_name,
        node_contents.freshness_warn_after_seconds,
        node_contents.freshness_error_after_seconds,
        {{ dbt_relation_key('node_contents') }} as relation_key
    from invocations
    inner join invocation_manifests
        on
            invocations.source_name = invocation_manifests.source_name
            and invocations.invocation_id = invocation_manifests.invocation_id
    inner join sightings
        on
            invocation_manifests.source_name = sightings.source_name
            and invocation_manifests.manifest_artifact_id = sightings.artifact_id
    inner join node_contents
        on
            sightings.source_name = node_contents.source_name
            and sightings.unique_id = node_contents.unique_id
            and sightings.node_md5 = node_contents.node_md5
    where
        invocations.command = 'freshness'
        and sightings.section = 'sources'
        and node_contents.is_enabled
        and (
            node_contents.freshness_warn_after_seconds is not null
            or node_contents.freshness_error_after_seconds is not null
        )

),

compared as (

    -- dbt writes no result for a source whose query failed. With more than half of the sources there,
    -- the command was not one for a few of them.
    select
        expected_sources.*,
        results.unique_id is not null as is_reported,
        count(results.unique_id) over (
            partition by expected_sources.source_name, expected_sources.invocation_id
        ) as reported_count,
        count(*) over (
            partition by expected_sources.source_name, expected_sources.invocation_id
        ) as expected_count
    from expected_sources
    left join results
        on
            expected_sources.source_name = results.source_name
            and expected_sources.invocation_id = results.invocation_id
            and expected_sources.unique_id = results.unique_id
            and results.artifact_type = 'sources'

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(invocation_id as text) as invocation_id,
        cast(unique_id as text) as unique_id,
        cast(node_name as text) as node_name,
        cast(relation_key as text) as relation_key,
        cast(freshness_warn_after_seconds as double precision) as freshness_warn_after_seconds,
        cast(freshness_error_after_seconds as double precision) as freshness_error_after_seconds,
        cast(ended_at as timestamp) as ended_at,
        cast(
            'inferred: the source has freshness limits but no result, as when its query fails; '
            || cast(reported_count as text) || ' of ' || cast(expected_count as text) || ' such sources have one'
            as text
        ) as message
    from compared
    where not is_reported and reported_count >= 2 and reported_count * 2 > expected_count

)

select * from final
