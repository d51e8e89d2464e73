with invocations as (

    select * from {{ ref('int_dbt_invocations__executed') }}

),

results as (

    select * from {{ ref('int_dbt_results__merged') }}

),

nodes as (

    select * from {{ ref('int_dbt_nodes__resolved') }}

),

attached as (

    select * from {{ ref('int_dbt_checks__attached') }}

),

unreported_sources as (

    select * from {{ ref('int_dbt_sources__unreported') }}

),

checked as (

    select
        results.source_name,
        results.invocation_id,
        results.unique_id,
        split_part(results.unique_id, '.', 1) as resource_type,
        nodes.node_name,
        coalesce(attached.relation_key, nodes.relation_key) as relation_key,
        nodes.column_name,
        nodes.severity,
        nodes.warn_if,
        nodes.error_if,
        coalesce(results.warn_after_seconds, nodes.freshness_warn_after_seconds) as warn_after_seconds,
        coalesce(results.error_after_seconds, nodes.freshness_error_after_seconds) as error_after_seconds,
        results.age_seconds,
        results.failures,
        results.status,
        results.message,
        coalesce(results.execute_started_at, results.generated_at) as executed_at,
        false as is_inferred
    from results
    left join nodes
        on
            results.source_name = nodes.source_name
            and results.invocation_id = nodes.invocation_id
            and results.unique_id = nodes.unique_id
    left join attached
        on
            nodes.source_name = attached.source_name
            and nodes.manifest_artifact_id = attached.manifest_artifact_id
            and nodes.unique_id = attached.unique_id
    where split_part(results.unique_id, '.', 1) in ('test', 'unit_test', 'source')

    union all

    select
        source_name,
        invocation_id,
        unique_id,
        'source' as resource_type,
        node_name,
        relation_key,
        null as column_name,
        null as severity,
        null as warn_if,
        null as error_if,
        freshness_warn_after_seconds as warn_after_seconds,
        freshness_error_after_seconds as error_after_seconds,
        null as age_seconds,
        null as failures,
        'runtime error' as status,
        message,
        ended_at as executed_at,
        true as is_inferred
    from unreported_sources

),

final as (

    select
        cast(checked.source_name as text) as source_name,
        cast(invocations.project_name as text) as project_name,
        cast(checked.invocation_id as text) as invocation_id,
        cast(checked.unique_id as text) as unique_id,
        cast(
            case checked.resource_type
                when 'test' then 'data test'
                when 'unit_test' then 'unit test'
                else 'source freshness'
            end as text
        ) as check_type,
        cast(
            coalesce(checked.node_name, nullif(split_part(checked.unique_id, '.', 3), ''), checked.unique_id) as text
        ) as node_name,
        cast(checked.relation_key as text) as relation_key,
        cast(checked.column_name as text) as column_name,
        cast(
            case
                when checked.resource_type = 'test' then checked.severity
                when checked.resource_type = 'unit_test' or checked.error_after_seconds is not null then 'error'
                else 'warn'
            end as text
        ) as severity,
        cast(checked.warn_if as text) as warn_if,
        cast(checked.error_if as text) as error_if,
        cast(checked.warn_after_seconds as double precision) as warn_after_seconds,
        cast(checked.error_after_seconds as double precision) as error_after_seconds,
        cast(checked.age_seconds as double precision) as age_seconds,
        cast(checked.failures as bigint) as failures,
        cast(checked.status as text) as status,
        cast(checked.message as text) as message,
        cast(checked.executed_at as timestamp) as executed_at,
        cast(checked.is_inferred as boolean) as is_inferred
    from checked
    inner join invocations
        on
            checked.source_name = invocations.source_name
            and checked.invocation_id = invocations.invocation_id

)

select * from final
