with

thresholds as (

    {{ subject_thresholds('CK01', ['window_days']) }}

),

as_of as (

    select * from {{ ref('int_sources__as_of') }}

),

checks as (

    select
        checks.*,
        coalesce(own.as_of_at, newest.as_of_at) as as_of_at
    from {{ ref('dim_checks') }} as checks
    left join as_of as own on checks.source_name = own.source_name
    left join as_of as newest on newest.source_name = '*'
    where
        not checks.is_unknown
        and checks.is_retired is not true
        and checks.check_type not in ('unit test', 'source freshness')

),

-- What could not be executed says nothing of the data.
executions as (

    select
        checks.check_key,
        checks.dataset_key,
        checks.pipeline_key,
        results.check_result_key,
        results.executed_at,
        results.outcome = 'pass' as is_passed,
        runs.pipeline_version_key,
        nullif(runs.parent_task_attempt_key, {{ unknown_key() }}) as parent_task_attempt_key
    from checks
    {{ join_thresholds('checks.check_key') }}
    inner join {{ ref('fct_check_results') }} as results on checks.check_key = results.check_key
    left join {{ ref('fct_pipeline_runs') }} as runs on results.pipeline_run_key = runs.pipeline_run_key
    where
        results.outcome in ('pass', 'warn', 'fail')
        and {{ seconds_between('results.executed_at', 'checks.as_of_at') }}
        between 0 and {{ threshold('window_days') }} * 86400

),

pairs as (

    select
        executions.*,
        inputs.input_changed_at,
        lag(executions.is_passed) over earlier as was_passed,
        lag(executions.executed_at) over earlier as executed_before_at,
        lag(executions.pipeline_version_key) over earlier as version_before_key
    from executions
    left join {{ ref('fct_check_inputs') }} as inputs
        on
            executions.dataset_key = inputs.dataset_key
            and executions.pipeline_key = inputs.pipeline_key
            and executions.executed_at = inputs.executed_at
    window earlier as (
        partition by executions.check_key order by executions.executed_at, executions.check_result_key
    )

),

compared as (

    select
        *,
        is_passed <> was_passed as is_flip,
        case
            when pipeline_version_key <> version_before_key then false
            else input_changed_at <= executed_before_at
        end as is_comparable
    from pairs
    where was_passed is not null

),

tallies as (

    select
        check_key,
        count(*) as pair_count,
        count(*) filter (where is_comparable) as comparable_count,
        count(*) filter (where is_flip) as change_count,
        count(*) filter (where is_flip and is_comparable) as flip_count,
        count(*) filter (where is_flip and is_comparable is null) as unknown_count,
        min(executed_at) filter (where is_flip and is_comparable) as first_flip_at
    from compared
    group by 1

),

final as (

    select
        cast(checks.check_key as uuid) as check_key,
        cast(coalesce(tallies.pair_count, 0) as bigint) as pair_count,
        cast(coalesce(tallies.comparable_count, 0) as bigint) as comparable_count,
        cast(coalesce(tallies.change_count, 0) as bigint) as change_count,
        cast(coalesce(tallies.flip_count, 0) as bigint) as flip_count,
        cast(coalesce(tallies.unknown_count, 0) as bigint) as unknown_count,
        cast(tallies.first_flip_at as timestamp) as first_flip_at,
        cast(checks.as_of_at as timestamp) as as_of_at
    from checks
    left join tallies on checks.check_key = tallies.check_key

)

select * from final
