{{ config(materialized='table') }}

with matched as (

    select * from {{ ref('int_dbt_results__matched') }}

),

node_contents as (

    select * from {{ ref('stg_dbt__node_contents') }}

),

final as (

    select
        cast(matched.source_name as text) as source_name,
        cast(matched.invocation_id as text) as invocation_id,
        cast(matched.unique_id as text) as unique_id,
        cast(matched.artifact_id as text) as manifest_artifact_id,
        cast(matched.manifest_found as text) as manifest_found,
        cast(matched.node_md5 as text) as node_md5,
        cast(node_contents.resource_type as text) as resource_type,
        cast(node_contents.node_name as text) as node_name,
        cast(node_contents.package_name as text) as package_name,
        cast(node_contents.materialized as text) as materialized,
        cast(node_contents.test_name as text) as test_name,
        cast(node_contents.column_name as text) as column_name,
        cast(node_contents.severity as text) as severity,
        cast(node_contents.warn_if as text) as warn_if,
        cast(node_contents.error_if as text) as error_if,
        cast(node_contents.freshness_warn_after_seconds as double precision) as freshness_warn_after_seconds,
        cast(node_contents.freshness_error_after_seconds as double precision) as freshness_error_after_seconds,
        cast(node_contents.checksum as text) as checksum,
        cast({{ dbt_relation_key('node_contents') }} as text) as relation_key
    from matched
    inner join node_contents
        on
            matched.source_name = node_contents.source_name
            and matched.unique_id = node_contents.unique_id
            and matched.node_md5 = node_contents.node_md5

)

select * from final
