with

checks as (

    select
        checks.*,
        coalesce(own.as_of_at, newest.as_of_at) as as_of_at
    from {{ ref('dim_checks') }} as checks
    left join {{ ref('int_sources__as_of') }} as own on checks.source_name = own.source_name
    left join {{ ref('int_sources__as_of') }} as newest on newest.source_name = '*'
    where not checks.is_unknown and checks.is_retired is not true

),

-- A check that was skipped was not executed.
executions as (

    select
        checks.check_key,
        results.executed_at,
        results.outcome = 'pass' as is_passed
    from checks
    inner join {{ ref('fct_check_results') }} as results on checks.check_key = results.check_key
    where
        results.outcome <> 'skipped'
        and checks.as_of_at >= results.executed_at

),

last_passes as (

    select
        check_key,
        count(*) as execution_count,
        max(executed_at) as last_executed_at,
        max(executed_at) filter (where is_passed) as last_passed_at
    from executions
    group by 1

),

failing_streaks as (

    select
        executions.check_key,
        count(*) as failure_count,
        min(executions.executed_at) as failing_since
    from executions
    inner join last_passes on executions.check_key = last_passes.check_key
    where executions.executed_at > coalesce(last_passes.last_passed_at, cast('1900-01-01' as timestamp))
    group by 1

),

-- Invocations that executed checks of its kind, and so could have executed it.
invocations as (

    select
        checks.pipeline_key,
        checks.check_type,
        results.pipeline_run_key,
        max(results.executed_at) as executed_at
    from checks
    inner join {{ ref('fct_check_results') }} as results on checks.check_key = results.check_key
    where
        results.outcome <> 'skipped'
        and results.pipeline_run_key <> {{ unknown_key() }}
    group by 1, 2, 3

),

missed_invocations as (

    select
        checks.check_key,
        count(*) as missed_count
    from checks
    inner join invocations
        on
            checks.pipeline_key = invocations.pipeline_key
            and checks.check_type = invocations.check_type
            and checks.first_defined_at < invocations.executed_at
            and checks.as_of_at >= invocations.executed_at
    left join last_passes on checks.check_key = last_passes.check_key
    where last_passes.check_key is null
    group by 1

),

final as (

    select
        cast(checks.check_key as uuid) as check_key,
        cast(last_passes.last_executed_at as timestamp) as last_executed_at,
        cast(last_passes.last_passed_at as timestamp) as last_passed_at,
        cast(failing_streaks.failing_since as timestamp) as failing_since,
        cast(coalesce(last_passes.execution_count, 0) as bigint) as execution_count,
        cast(coalesce(failing_streaks.failure_count, 0) as bigint) as failures_in_a_row,
        cast(coalesce(missed_invocations.missed_count, 0) as bigint) as invocations_without_it,
        cast({{ seconds_between('last_passes.last_executed_at', 'checks.as_of_at') }} / 86400 as double precision)
            as days_since_execution,
        cast({{ seconds_between('failing_streaks.failing_since', 'checks.as_of_at') }} / 86400 as double precision)
            as days_failing,
        cast({{ seconds_between('checks.first_defined_at', 'checks.as_of_at') }} / 86400 as double precision)
            as days_known,
        cast(checks.as_of_at as timestamp) as as_of_at
    from checks
    left join last_passes on checks.check_key = last_passes.check_key
    left join failing_streaks on checks.check_key = failing_streaks.check_key
    left join missed_invocations on checks.check_key = missed_invocations.check_key

)

select * from final
