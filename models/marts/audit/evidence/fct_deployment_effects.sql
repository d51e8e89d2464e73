with

thresholds as (

    {{ subject_thresholds('CH01', ['within_hours', 'minimum_runs']) }}

),

nodes as (

    select * from {{ ref('bridge_deployment_nodes') }}

),

executions as (

    select
        *,
        min(executed_at) filter (where is_after) over (partition by deployment_key) as first_run_at,
        row_number() over (
            partition by deployment_node_key, is_after order by executed_at asc, pipeline_run_key asc
        ) as place
    from {{ ref('fct_deployment_executions') }}

),

tallies as (

    select
        deployment_node_key,
        min(first_run_at) as first_run_at,
        count(*) filter (where not is_after) as run_count_before,
        count(*) filter (where not is_after and is_failed) as failed_count_before,
        count(*) filter (where is_after and is_failed) as failed_count,
        count(*) filter (where is_after and not is_failed) as good_count
    from executions
    group by 1

),

firsts as (

    select * from executions
    where is_after and place = 1

),

upstream_failures as (

    select distinct deployment_node_key from {{ ref('fct_deployment_upstream_failures') }}

),

-- What also fails at other times, went well at the new version, or was let down by something else, has other causes.
judged as (

    select
        nodes.*,
        tallies.run_count_before,
        tallies.failed_count_before,
        tallies.failed_count,
        firsts.run_id,
        firsts.executed_at,
        firsts.error_message,
        case
            when firsts.deployment_node_key is null then 'not run'
            when not firsts.is_failed then 'well'
            when
                {{ seconds_between('firsts.first_run_at', 'firsts.executed_at') }}
                > {{ threshold('within_hours') }} * 3600
                then 'later'
            when tallies.failed_count_before > 0 then 'failed before'
            when tallies.good_count > 0 then 'recovered'
            when tallies.run_count_before < {{ threshold('minimum_runs') }} then 'new'
            when firsts.error_class in ('killed', 'connection') then 'let down'
            when upstream_failures.deployment_node_key is not null then 'upstream failed'
            else 'broken'
        end as state
    from nodes
    inner join {{ ref('fct_deployments') }} as deployments on nodes.deployment_key = deployments.deployment_key
    {{ join_thresholds('deployments.pipeline_key') }}
    left join tallies on nodes.deployment_node_key = tallies.deployment_node_key
    left join firsts on nodes.deployment_node_key = firsts.deployment_node_key
    left join upstream_failures on nodes.deployment_node_key = upstream_failures.deployment_node_key

),

final as (

    select
        cast(deployment_node_key as uuid) as deployment_node_key,
        cast(deployment_key as uuid) as deployment_key,
        cast(task_key as uuid) as task_key,
        cast(check_key as uuid) as check_key,
        cast(node_name as text) as node_name,
        cast(coalesce(run_count_before, 0) as bigint) as run_count_before,
        cast(coalesce(failed_count_before, 0) as bigint) as failed_count_before,
        cast(coalesce(failed_count, 0) as bigint) as failed_count,
        cast(run_id as text) as run_id,
        cast(executed_at as timestamp) as executed_at,
        cast(error_message as text) as error_message,
        cast(state as text) as state
    from judged

)

select * from final
