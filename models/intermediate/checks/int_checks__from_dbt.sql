with sightings as (

    select * from {{ ref('int_dbt_nodes__sighted') }}

),

node_contents as (

    select * from {{ ref('stg_dbt__node_contents') }}

),

attached as (

    select * from {{ ref('int_dbt_checks__attached') }}

),

relations as (

    select * from {{ ref('int_dbt_relations__named') }}

),

definitions as (

    select
        sightings.source_name,
        sightings.project_name,
        sightings.artifact_id,
        sightings.generated_at,
        sightings.is_latest,
        sightings.unique_id,
        node_contents.node_name,
        node_contents.resource_type,
        node_contents.test_name,
        node_contents.column_name,
        node_contents.severity,
        node_contents.freshness_error_after_seconds,
        node_contents.description,
        node_contents.owner_name,
        sightings.section <> 'disabled' and node_contents.is_enabled as is_enabled,
        coalesce(attached.relation_key, {{ dbt_relation_key('node_contents') }}) as relation_key,
        min(sightings.generated_at) over (
            partition by sightings.source_name, sightings.project_name, sightings.unique_id
        ) as first_defined_at,
        row_number() over (
            partition by sightings.source_name, sightings.project_name, sightings.unique_id
            order by sightings.generated_at desc nulls last, sightings.artifact_id desc
        ) as definition_rank
    from sightings
    inner join node_contents
        on
            sightings.source_name = node_contents.source_name
            and sightings.unique_id = node_contents.unique_id
            and sightings.node_md5 = node_contents.node_md5
    left join attached
        on
            sightings.source_name = attached.source_name
            and sightings.artifact_id = attached.manifest_artifact_id
            and sightings.unique_id = attached.unique_id
    where
        node_contents.resource_type in ('test', 'unit_test')
        or node_contents.freshness_warn_after_seconds is not null
        or node_contents.freshness_error_after_seconds is not null

),

final as (

    select
        cast('dbt' as text) as platform,
        cast(definitions.source_name as text) as platform_instance,
        cast(definitions.project_name as text) as pipeline_name,
        cast('dbt' as text) as feed,
        cast(definitions.source_name as text) as source_name,
        cast(definitions.unique_id as text) as check_id,
        cast(
            case when definitions.resource_type = 'source' then 'freshness of ' else '' end || definitions.node_name
            as text
        ) as check_name,
        cast(
            case definitions.resource_type
                when 'test' then 'data test'
                when 'unit_test' then 'unit test'
                else 'source freshness'
            end as text
        ) as check_type,
        cast(definitions.test_name as text) as test_name,
        cast(relations.dataset_namespace as text) as dataset_namespace,
        cast(relations.dataset_name as text) as dataset_name,
        cast(definitions.column_name as text) as column_name,
        cast(
            case
                when definitions.resource_type = 'test' then coalesce(definitions.severity, 'error')
                when definitions.resource_type = 'unit_test' then 'error'
                when definitions.freshness_error_after_seconds is not null then 'error'
                else 'warn'
            end as text
        ) as severity,
        cast(definitions.is_enabled as boolean) as is_enabled,
        cast(definitions.description as text) as description,
        cast(definitions.owner_name as text) as owner_name,
        cast(definitions.first_defined_at as timestamp) as first_defined_at,
        cast(definitions.generated_at as timestamp) as last_defined_at,
        cast(definitions.is_latest as boolean) as is_defined_now
    from definitions
    left join relations
        on
            definitions.source_name = relations.source_name
            and definitions.relation_key = relations.relation_key
    where definitions.definition_rank = 1

)

select * from final
