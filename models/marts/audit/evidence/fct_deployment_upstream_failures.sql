with

thresholds as (

    {{ subject_thresholds('CH01', ['within_hours']) }}

),

nodes as (

    select * from {{ ref('bridge_deployment_nodes') }}

),

executions as (

    select * from {{ ref('fct_deployment_executions') }}

),

failures as (

    select
        nodes.deployment_node_key,
        nodes.task_key,
        deployments.pipeline_key,
        min(executions.executed_at) as failed_at
    from executions
    inner join nodes on executions.deployment_node_key = nodes.deployment_node_key
    inner join {{ ref('fct_deployments') }} as deployments on nodes.deployment_key = deployments.deployment_key
    where executions.is_after and executions.is_failed
    group by nodes.deployment_node_key, nodes.task_key, deployments.pipeline_key

),

writers as (

    select distinct
        dataset_key,
        pipeline_key,
        pipeline_name
    from {{ ref('bridge_dataset_writers') }}
    where not is_unknown

),

-- What reads a dataset whose writer had just failed may have failed of that.
final as (

    select
        {{ surrogate_key(['failures.deployment_node_key', 'writers.pipeline_key']) }}
            as deployment_upstream_failure_key,
        cast(failures.deployment_node_key as uuid) as deployment_node_key,
        cast(writers.pipeline_key as uuid) as pipeline_key,
        cast(writers.pipeline_name as text) as pipeline_name,
        cast(max(coalesce(runs.ended_at, runs.last_seen_at)) as timestamp) as failed_at
    from failures
    {{ join_thresholds('failures.pipeline_key') }}
    inner join {{ ref('int_lineage__edges') }} as edges on failures.task_key = edges.task_key
    inner join writers on edges.upstream_dataset_key = writers.dataset_key
    inner join {{ ref('fct_pipeline_runs') }} as runs on writers.pipeline_key = runs.pipeline_key
    where
        writers.pipeline_key <> failures.pipeline_key
        and runs.verdict = 'failed'
        and {{ seconds_between('coalesce(runs.ended_at, runs.last_seen_at)', 'failures.failed_at') }}
        between 0 and {{ threshold('within_hours') }} * 3600
    group by failures.deployment_node_key, writers.pipeline_key, writers.pipeline_name

)

select * from final
