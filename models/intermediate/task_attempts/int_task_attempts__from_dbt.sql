with invocations as (

    select * from {{ ref('int_dbt_invocations__executed') }}

),

results as (

    select * from {{ ref('int_dbt_results__merged') }}

),

nodes as (

    select * from {{ ref('int_dbt_nodes__resolved') }}

),

blocked as (

    select * from {{ ref('int_dbt_results__blocked') }}

),

attempts as (

    select
        results.*,
        invocations.project_name,
        nodes.materialized,
        blocked.cause_unique_id,
        split_part(results.unique_id, '.', 1) as resource_type,
        case results.status
            when 'success' then 'success'
            when 'error' then 'failed'
            when 'fail' then 'failed'
            when 'runtime error' then 'failed'
            when 'partial success' then 'failed'
            when 'no-op' then 'skipped'
            when 'skipped' then case when blocked.unique_id is not null then 'upstream_failed' else 'skipped' end
        end as state
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
    left join blocked
        on
            results.source_name = blocked.source_name
            and results.invocation_id = blocked.invocation_id
            and results.unique_id = blocked.unique_id
    where
        results.artifact_type = 'run-results'
        and split_part(results.unique_id, '.', 1)
        not in ('test', 'unit_test', 'source', 'exposure', 'metric', 'semantic_model', 'saved_query', 'analysis')
        and coalesce(nodes.materialized, '') <> 'ephemeral'

),

final as (

    select
        cast('dbt' as text) as platform,
        cast(source_name as text) as platform_instance,
        cast(project_name as text) as pipeline_name,
        cast(invocation_id as text) as run_id,
        cast(unique_id as text) as task_name,
        cast(-1 as integer) as map_index,
        cast(case when status in ('skipped', 'no-op') then 0 else 1 end as integer) as try_number,
        cast('-1.1' as text) as attempt_id,
        cast(null as text) as openlineage_run_id,
        cast('dbt' as text) as feed,
        cast(source_name as text) as source_name,
        cast(coalesce(materialized, resource_type) as text) as operator,
        cast(null as timestamp) as queued_at,
        cast(execute_started_at as timestamp) as started_at,
        cast(execute_completed_at as timestamp) as ended_at,
        cast(coalesce(execute_completed_at, generated_at) as timestamp) as last_seen_at,
        cast(null as timestamp) as last_heartbeat_at,
        cast(status as text) as reported_state,
        cast(state as text) as state,
        cast(null as boolean) as is_final_attempt,
        cast(
            case
                when state = 'failed' then message
                when state = 'upstream_failed' then 'skipped because of ' || cause_unique_id
            end as text
        ) as error_message,
        cast({{ dbt_row_count('rows_affected', 'response_code', 'materialized', 'query_id') }} as bigint)
            as rows_affected
    from attempts

)

select * from final
