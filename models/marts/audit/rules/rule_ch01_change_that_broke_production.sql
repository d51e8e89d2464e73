with

thresholds as (

    {{ subject_thresholds('CH01', ['window_days', 'within_hours']) }}

),

effects as (

    select
        *,
        row_number() over (
            partition by deployment_key, state order by executed_at asc, node_name asc, deployment_node_key asc
        ) as place
    from {{ ref('fct_deployment_effects') }}

),

tallies as (

    select
        deployment_key,
        count(*) filter (where state = 'broken') as broken_count,
        count(*) filter (where state <> 'not run') as executed_count,
        count(*) filter (where state in ('failed before', 'recovered', 'later')) as other_count,
        string_agg(node_name, ', ' order by place) filter (where state = 'broken' and place <= 10) as broken_nodes,
        string_agg(
            node_name || case state
                when 'new' then ' had hardly run before'
                when 'let down' then ' was let down by a machine or a connection'
                else ' reads what had just failed'
            end, ', ' order by node_name, deployment_node_key
        ) filter (where state in ('new', 'let down', 'upstream failed') and place <= 10) as doubts
    from effects
    group by 1

),

judged as (

    select
        deployments.*,
        tallies.broken_count,
        tallies.other_count,
        tallies.broken_nodes,
        tallies.doubts,
        firsts.run_id,
        firsts.executed_at,
        firsts.error_message,
        firsts.run_count_before,
        {{ threshold('window_days') }} as window_days,
        {{ threshold('within_hours') }} as within_hours,
        case
            when deployments.is_sandbox then 'sandbox'
            when tallies.broken_count > 0 then 'broken'
            when coalesce(tallies.executed_count, 0) = 0 then 'not run'
            when tallies.doubts is not null then 'doubtful'
            else 'well'
        end as state
    from {{ ref('fct_deployments') }} as deployments
    {{ join_thresholds('deployments.pipeline_key') }}
    left join tallies on deployments.deployment_key = tallies.deployment_key
    left join effects as firsts
        on
            deployments.deployment_key = firsts.deployment_key
            and firsts.state = 'broken'
            and firsts.place = 1

),

final as (

    select
        {{ audit_subject('CH01', 'deployment', 'judged') }},
        cast(
            case
                when state = 'broken' then 'finding'
                when state in ('not run', 'doubtful') then 'cannot_tell'
                else 'clear'
            end as text
        ) as verdict,
        cast(
            case state
                when 'sandbox' then 'It is a sandbox.'
                when 'broken'
                    then 'From ' || cast(date_trunc('second', executed_at) as text)
                        || ' on these fail, which it changed or which depend on that, and had not before: '
                        || broken_nodes || '.'
                when 'not run' then 'Nothing that it changed has run since.'
                when 'doubtful'
                    then 'What fails since may have other causes: ' || doubts || '.'
                else 'What it changed ran well, or fails at other times too.'
            end as text
        ) as reason,
        {{ json_object({
            'deployed_at': "cast(date_trunc('second', deployed_at) as text)",
            'deployed_version': 'deployed_version',
            'changed_nodes': 'changed_node_count',
            'broken_nodes': 'broken_nodes',
            'broken_node_count': 'coalesce(broken_count, 0)',
            'failed_otherwise': 'coalesce(other_count, 0)',
            'first_failed_run': 'run_id',
            'error': 'error_message',
            'runs_before': 'run_count_before',
            'link': "case when state = 'broken' then 'first failure of what changed' end",
            'within_hours': json_number('within_hours'),
            'window_days': json_number('window_days'),
        }) }} as evidence,
        cast(case when state = 'broken' then executed_at end as timestamp) as onset_at,
        cast(as_of_at as timestamp) as as_of_at
    from judged

)

select * from final
