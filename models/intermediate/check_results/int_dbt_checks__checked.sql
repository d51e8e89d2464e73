with invocations as (

    select * from {{ ref('int_dbt_invocations__executed') }}

),

check_results as (

    select * from {{ ref('int_dbt_check_results__unioned') }}

),

nodes as (

    select * from {{ ref('int_dbt_nodes__resolved') }}

),

attached as (

    select * from {{ ref('int_dbt_checks__attached') }}

),

checked as (

    select
        check_results.source_name,
        invocations.project_name,
        check_results.invocation_id,
        check_results.unique_id,
        check_results.check_type,
        coalesce(
            check_results.node_name, nodes.node_name, nullif(split_part(check_results.unique_id, '.', 3), ''),
            check_results.unique_id
        ) as node_name,
        coalesce(check_results.relation_key, attached.relation_key, nodes.relation_key) as relation_key,
        nodes.column_name,
        nodes.severity,
        nodes.warn_if,
        nodes.error_if,
        coalesce(check_results.warn_after_seconds, nodes.freshness_warn_after_seconds) as warn_after_seconds,
        coalesce(check_results.error_after_seconds, nodes.freshness_error_after_seconds) as error_after_seconds,
        check_results.age_seconds,
        check_results.failures,
        check_results.status,
        check_results.message,
        check_results.executed_at,
        check_results.is_inferred
    from check_results
    inner join invocations
        on
            check_results.source_name = invocations.source_name
            and check_results.invocation_id = invocations.invocation_id
    left join nodes
        on
            check_results.source_name = nodes.source_name
            and check_results.invocation_id = nodes.invocation_id
            and check_results.unique_id = nodes.unique_id
    left join attached
        on
            nodes.source_name = attached.source_name
            and nodes.manifest_artifact_id = attached.manifest_artifact_id
            and nodes.unique_id = attached.unique_id

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(project_name as text) as project_name,
        cast(invocation_id as text) as invocation_id,
        cast(unique_id as text) as unique_id,
        cast(check_type as text) as check_type,
        cast(node_name as text) as node_name,
        cast(relation_key as text) as relation_key,
        cast(column_name as text) as column_name,
        cast(
            case
                when check_type = 'data test' then severity
                when check_type = 'unit test' or error_after_seconds is not null then 'error'
                else 'warn'
            end as text
        ) as severity,
        cast(warn_if as text) as warn_if,
        cast(error_if as text) as error_if,
        cast(warn_after_seconds as double precision) as warn_after_seconds,
        cast(error_after_seconds as double precision) as error_after_seconds,
        cast(age_seconds as double precision) as age_seconds,
        cast(failures as bigint) as failures,
        cast(status as text) as status,
        cast(message as text) as message,
        cast(executed_at as timestamp) as executed_at,
        cast(is_inferred as boolean) as is_inferred
    from checked

)

select * from final
