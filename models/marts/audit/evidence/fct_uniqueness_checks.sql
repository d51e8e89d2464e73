with

thresholds as (

    {{ subject_thresholds('SI09', ['window_days']) }}

),

datasets as (

    select * from {{ ref('fct_dataset_activity') }}

),

-- Of several columns together the metric of a contract says nothing; the names of the tests do.
checks as (

    select
        checks.*,
        datasets.as_of_at
    from {{ ref('dim_checks') }} as checks
    inner join {{ ref('int_checks__measured') }} as measured on checks.check_key = measured.check_key
    inner join datasets on checks.dataset_key = datasets.dataset_key
    where
        checks.is_defined
        and checks.is_retired is not true
        and checks.check_type <> 'unit test'
        and (
            measured.metric = 'duplicateValues'
            or lower(checks.check_name) like '%unique_combination%'
            or lower(checks.check_name) like '%columns_to_be_unique%'
            or lower(checks.check_name) like '%duplicate%'
        )

),

executions as (

    select
        checks.check_key,
        results.outcome,
        results.executed_at,
        results.failures,
        row_number() over (
            partition by checks.check_key order by results.executed_at desc, results.check_result_key asc
        ) as position_from_last,
        max(results.executed_at) filter (where results.outcome = 'pass') over (
            partition by checks.check_key
        ) as last_passed_at
    from checks
    {{ join_thresholds('checks.dataset_key') }}
    inner join {{ ref('fct_check_results') }} as results on checks.check_key = results.check_key
    where
        results.outcome <> 'skipped'
        and {{ seconds_between('results.executed_at', 'checks.as_of_at') }}
        between 0 and {{ threshold('window_days') }} * 86400

),

last_executions as (

    select
        check_key,
        max(outcome) filter (where position_from_last = 1) as last_outcome,
        max(executed_at) as last_executed_at,
        max(last_passed_at) as last_passed_at,
        max(failures) filter (where position_from_last = 1) as failures,
        min(executed_at) filter (
            where outcome in ('warn', 'fail') and (executed_at > last_passed_at or last_passed_at is null)
        ) as failing_since
    from executions
    group by 1

),

final as (

    select
        cast(checks.check_key as uuid) as check_key,
        cast(checks.dataset_key as uuid) as dataset_key,
        cast(checks.check_name as text) as check_name,
        cast(last_executions.last_outcome as text) as last_outcome,
        cast(last_executions.last_executed_at as timestamp) as last_executed_at,
        cast(last_executions.last_passed_at as timestamp) as last_passed_at,
        cast(
            case
                when last_executions.last_outcome in ('warn', 'fail') then last_executions.failing_since
            end as timestamp
        ) as failing_since,
        cast(last_executions.failures as bigint) as failures
    from checks
    left join last_executions on checks.check_key = last_executions.check_key

)

select * from final
