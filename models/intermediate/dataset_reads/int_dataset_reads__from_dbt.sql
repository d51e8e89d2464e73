with invocations as (

    select * from {{ ref('int_dbt_invocations__executed') }}

),

results as (

    select * from {{ ref('int_dbt_results__merged') }}

),

nodes as (

    select * from {{ ref('int_dbt_nodes__resolved') }}

),

upstream as (

    select * from {{ ref('int_dbt_nodes__upstream') }}

),

relations as (

    select * from {{ ref('int_dbt_relations__named') }}

),

reads as (

    -- Two upstream nodes of one relation, as a source that stands for a model, are one read.
    select
        results.source_name,
        results.invocation_id,
        invocations.project_name,
        results.unique_id,
        relations.dataset_namespace,
        relations.dataset_name,
        min(coalesce(results.execute_started_at, results.generated_at)) as occurred_at,
        bool_or(results.status = 'success') as is_successful
    from results
    inner join invocations
        on
            results.source_name = invocations.source_name
            and results.invocation_id = invocations.invocation_id
    inner join nodes
        on
            results.source_name = nodes.source_name
            and results.invocation_id = nodes.invocation_id
            and results.unique_id = nodes.unique_id
    inner join upstream
        on
            nodes.source_name = upstream.source_name
            and nodes.manifest_artifact_id = upstream.manifest_artifact_id
            and nodes.unique_id = upstream.unique_id
    inner join relations
        on
            upstream.source_name = relations.source_name
            and upstream.upstream_relation_key = relations.relation_key
    where
        results.artifact_type = 'run-results'
        and results.status in ('success', 'error', 'partial success')
    group by
        results.source_name, results.invocation_id, invocations.project_name, results.unique_id,
        relations.dataset_namespace, relations.dataset_name

),

final as (

    select
        cast('dbt' as text) as platform,
        cast(source_name as text) as platform_instance,
        cast(project_name as text) as pipeline_name,
        cast(invocation_id as text) as run_id,
        cast(unique_id as text) as task_name,
        cast('-1.1' as text) as attempt_id,
        cast(dataset_namespace as text) as dataset_namespace,
        cast(dataset_name as text) as dataset_name,
        cast('dbt' as text) as feed,
        cast(source_name as text) as source_name,
        cast(occurred_at as timestamp) as occurred_at,
        cast(null as bigint) as row_count,
        cast(null as bigint) as byte_count,
        cast(null as bigint) as file_count,
        cast(null as text) as operation,
        cast(is_successful as boolean) as is_successful
    from reads

)

select * from final
