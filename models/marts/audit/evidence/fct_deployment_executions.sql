with

thresholds as (

    {{ subject_thresholds('CH01', ['baseline_days']) }}

),

deployments as (

    select * from {{ ref('fct_deployments') }}

),

nodes as (

    select * from {{ ref('bridge_deployment_nodes') }}

),

runs as (

    select * from {{ ref('fct_pipeline_runs') }}
    where coalesce(run_type, '') <> 'backfill'

),

executions as (

    select
        task_key as node_key,
        pipeline_run_key,
        map_index,
        try_number,
        started_at as executed_at,
        state = 'failed' as is_failed,
        error_class,
        error_message
    from {{ ref('fct_task_attempts') }}
    where state in ('success', 'failed') and started_at is not null
    union all
    select
        check_key as node_key,
        pipeline_run_key,
        -1 as map_index,
        1 as try_number,
        executed_at,
        outcome in ('fail', 'error') as is_failed,
        cast(null as text) as error_class,
        message as error_message
    from {{ ref('fct_check_results') }}
    where outcome in ('pass', 'warn', 'fail', 'error') and executed_at is not null

),

-- Of the tries of a run the last one before the next version counts, as a run may be cleared after that.
around as (

    select
        nodes.deployment_node_key,
        nodes.deployment_key,
        executions.*,
        executions.executed_at >= deployments.deployed_at as is_after,
        row_number() over (
            partition by
                nodes.deployment_node_key, executions.pipeline_run_key, executions.map_index,
                executions.executed_at >= deployments.deployed_at
            order by executions.try_number desc, executions.executed_at desc
        ) as place
    from deployments
    {{ join_thresholds('deployments.pipeline_key') }}
    inner join nodes on deployments.deployment_key = nodes.deployment_key
    inner join executions
        on coalesce(nullif(nodes.task_key, {{ unknown_key() }}), nodes.check_key) = executions.node_key
    where
        executions.executed_at < deployments.replaced_at
        and {{ seconds_between('deployments.deployed_at', 'executions.executed_at') }}
        between -{{ threshold('baseline_days') }} * 86400 and {{ threshold('baseline_days') }} * 86400

),

final as (

    select
        {{ surrogate_key(['around.deployment_node_key', 'around.pipeline_run_key', 'around.is_after']) }}
            as deployment_execution_key,
        cast(around.deployment_node_key as uuid) as deployment_node_key,
        cast(around.deployment_key as uuid) as deployment_key,
        cast(around.pipeline_run_key as uuid) as pipeline_run_key,
        cast(runs.run_id as text) as run_id,
        cast(around.is_after as boolean) as is_after,
        cast(min(around.executed_at) as timestamp) as executed_at,
        cast(bool_or(around.is_failed) as boolean) as is_failed,
        cast(max(around.error_class) filter (where around.is_failed) as text) as error_class,
        cast(max(around.error_message) filter (where around.is_failed) as text) as error_message
    from around
    inner join runs on around.pipeline_run_key = runs.pipeline_run_key
    where around.place = 1
    group by around.deployment_node_key, around.deployment_key, around.pipeline_run_key, runs.run_id, around.is_after

)

select * from final
