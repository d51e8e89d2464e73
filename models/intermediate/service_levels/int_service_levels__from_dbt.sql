with

manifests as (

    select
        *,
        lag(generated_at) over (
            partition by source_name, project_name order by generated_at, artifact_id
        ) as previous_generated_at,
        lead(generated_at) over (
            partition by source_name, project_name order by generated_at, artifact_id
        ) as next_generated_at
    from {{ ref('int_dbt_manifests__identified') }}

),

sightings as (

    select * from {{ ref('int_dbt_nodes__sighted') }}

),

node_contents as (

    select * from {{ ref('stg_dbt__node_contents') }}
    where freshness_error_after_seconds is not null or freshness_warn_after_seconds is not null

),

relations as (

    select * from {{ ref('int_dbt_relations__named') }}

),

limits as (

    select
        manifests.source_name,
        manifests.previous_generated_at,
        manifests.generated_at,
        manifests.next_generated_at,
        node_contents.unique_id,
        node_contents.node_name,
        node_contents.description,
        coalesce(node_contents.freshness_error_after_seconds, node_contents.freshness_warn_after_seconds)
            as limit_seconds,
        {{ dbt_relation_key('node_contents') }} as relation_key
    from manifests
    inner join sightings
        on
            manifests.source_name = sightings.source_name
            and manifests.artifact_id = sightings.artifact_id
    inner join node_contents
        on
            sightings.source_name = node_contents.source_name
            and sightings.unique_id = node_contents.unique_id
            and sightings.node_md5 = node_contents.node_md5
    where sightings.section <> 'disabled' and node_contents.is_enabled

),

-- A limit holds from the manifest that has it until the next manifest, whatever that says.
final as (

    select
        cast('dbt' as text) as standard,
        cast(limits.source_name as text) as source_name,
        cast(limits.unique_id as text) as service_level_name,
        cast('freshness of ' || limits.node_name as text) as display_name,
        cast(limits.description as text) as description,
        cast(null as text) as service_name,
        cast('plumbline' as text) as metric_source_type,
        cast('ageSeconds' as text) as measure,
        cast(null as text) as unmeasured_reason,
        cast(null as text) as platform,
        cast(null as text) as platform_instance,
        cast(null as text) as pipeline_name,
        cast(relations.dataset_namespace as text) as dataset_namespace,
        cast(relations.dataset_name as text) as dataset_name,
        cast(null as text) as schedule_expression,
        cast(null as text) as due_expression,
        cast(null as text) as time_zone,
        cast(null as double precision) as interval_seconds,
        cast(null as integer) as interval_months,
        cast('Timeslices' as text) as budgeting_method,
        cast('lte' as text) as operator,
        -- A limit says nothing of how often it may be passed.
        cast(null as double precision) as target,
        cast(limits.limit_seconds as double precision) as limit_seconds,
        cast(3600 as double precision) as slice_seconds,
        cast(1 as double precision) as time_slice_target,
        cast(true as boolean) as is_rolling,
        cast(28 as integer) as window_days,
        cast(null as integer) as window_months,
        cast(null as date) as window_starts_on,
        cast(
            case
                when limits.previous_generated_at is null then cast('1900-01-01' as timestamp)
                else limits.generated_at
            end as timestamp
        ) as valid_from,
        cast(coalesce(limits.next_generated_at, cast('9999-12-31' as timestamp)) as timestamp) as valid_to
    from limits
    left join relations
        on
            limits.source_name = relations.source_name
            and limits.relation_key = relations.relation_key

)

select * from final
