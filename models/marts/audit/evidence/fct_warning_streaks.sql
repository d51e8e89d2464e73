with

thresholds as (

    {{ subject_thresholds('SI03', ['window_days', 'budget_hours']) }}

),

checks as (

    select
        dim_checks.*,
        activity.as_of_at
    from {{ ref('dim_checks') }} as dim_checks
    inner join {{ ref('fct_check_activity') }} as activity on dim_checks.check_key = activity.check_key

),

-- What was skipped, or ended in a word that is not known, says neither.
executions as (

    select
        results.check_key,
        results.task_key,
        results.executed_at,
        results.check_result_key,
        results.failures,
        results.outcome = 'pass' as is_passed,
        results.outcome = 'warn' or (results.severity = 'warn' and results.outcome = 'fail') as is_warned
    from {{ ref('fct_check_results') }} as results
    inner join checks on results.check_key = checks.check_key
    {{ join_thresholds('checks.check_key') }}
    where
        results.outcome in ('pass', 'warn', 'fail', 'error')
        and checks.as_of_at >= results.executed_at
        and results.executed_at >= checks.as_of_at - {{ threshold('window_days') }} * interval '1 day'

),

last_passes as (

    select
        check_key,
        max(executed_at) filter (where is_passed) as last_passed_at,
        max(executed_at) as last_executed_at
    from executions
    group by 1

),

streaks as (

    select
        executions.check_key,
        count(*) as failure_count,
        min(executions.executed_at) as failing_since,
        max(executions.executed_at) as last_failed_at,
        (array_agg(executions.is_warned order by executions.executed_at desc, executions.check_result_key asc))[1]
            as is_warned,
        (array_agg(executions.failures order by executions.executed_at desc, executions.check_result_key asc))[1]
            as failures,
        {{ only_key('executions.task_key', 'executions.task_key <> ' ~ unknown_key()) }} as task_key
    from executions
    inner join last_passes on executions.check_key = last_passes.check_key
    where
        not executions.is_passed
        and executions.executed_at > coalesce(last_passes.last_passed_at, cast('1900-01-01' as timestamp))
    group by 1

),

final as (

    select
        cast(checks.check_key as uuid) as check_key,
        cast(checks.dataset_key as uuid) as dataset_key,
        cast(coalesce(streaks.task_key, {{ unknown_key() }}) as uuid) as task_key,
        cast(coalesce(streaks.failure_count, 0) as bigint) as failure_count,
        cast(streaks.failures as bigint) as failures,
        cast(coalesce(streaks.is_warned, false) as boolean) as is_warned,
        cast(streaks.failing_since as timestamp) as failing_since,
        cast(streaks.last_failed_at as timestamp) as last_failed_at,
        cast({{ seconds_between('streaks.failing_since', 'streaks.last_failed_at') }} / 86400 as double precision)
            as failing_days,
        cast(last_passes.last_executed_at as timestamp) as last_executed_at,
        cast(
            case
                when streaks.last_failed_at is not null
                    then
                        least(
                            streaks.last_failed_at + {{ threshold('budget_hours') }} * interval '1 hour',
                            checks.as_of_at
                        )
            end as timestamp
        ) as tell_by_at,
        cast(checks.as_of_at as timestamp) as as_of_at
    from checks
    {{ join_thresholds('checks.check_key') }}
    left join last_passes on checks.check_key = last_passes.check_key
    left join streaks on checks.check_key = streaks.check_key

)

select * from final
