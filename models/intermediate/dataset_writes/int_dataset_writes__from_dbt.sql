with invocations as (

    select * from {{ ref('int_dbt_invocations__executed') }}

),

results as (

    select * from {{ ref('int_dbt_results__merged') }}

),

nodes as (

    select * from {{ ref('int_dbt_nodes__resolved') }}

),

relations as (

    select * from {{ ref('int_dbt_relations__named') }}

),

written as (

    select
        results.*,
        invocations.project_name,
        invocations.is_full_refresh,
        nodes.materialized,
        split_part(results.unique_id, '.', 1) as resource_type,
        coalesce(nodes.relation_key, lower(translate(results.relation_name, '"`[]', ''))) as relation_key
    from results
    inner join invocations
        on
            results.source_name = invocations.source_name
            and results.invocation_id = invocations.invocation_id
    left join nodes
        on
            results.source_name = nodes.source_name
            and results.invocation_id = nodes.invocation_id
            and results.unique_id = nodes.unique_id
    where
        results.artifact_type = 'run-results'
        and results.status in ('success', 'error', 'partial success')
        and split_part(results.unique_id, '.', 1) in ('model', 'seed', 'snapshot')
        and coalesce(nodes.materialized, '') <> 'ephemeral'

),

final as (

    select
        cast('dbt' as text) as platform,
        cast(written.source_name as text) as platform_instance,
        cast(written.project_name as text) as pipeline_name,
        cast(written.invocation_id as text) as run_id,
        cast(written.unique_id as text) as task_name,
        cast('-1.1' as text) as attempt_id,
        cast(relations.dataset_namespace as text) as dataset_namespace,
        cast(relations.dataset_name as text) as dataset_name,
        cast('dbt' as text) as feed,
        cast(written.source_name as text) as source_name,
        cast(coalesce(written.execute_completed_at, written.generated_at) as timestamp) as occurred_at,
        cast(
            case
                when written.status = 'success'
                    then {{ dbt_row_count(
                        'written.rows_affected', 'written.response_code', 'written.materialized', 'written.query_id'
                    ) }}
            end as bigint
        ) as row_count,
        cast(null as bigint) as byte_count,
        cast(null as bigint) as file_count,
        cast(
            case
                when written.resource_type = 'seed' or written.materialized = 'table' then 'OVERWRITE'
                when written.materialized = 'view' or written.response_code = 'CREATE VIEW' then 'CREATE'
                when written.materialized = 'incremental' and written.is_full_refresh then 'OVERWRITE'
            end as text
        ) as operation,
        cast(written.status = 'success' as boolean) as is_successful
    from written
    inner join relations
        on
            written.source_name = relations.source_name
            and written.relation_key = relations.relation_key

)

select * from final
