with

thresholds as (

    {{ subject_thresholds('CK02', [
        'silent_days', 'failing_days', 'minimum_failures', 'test_invocations', 'never_executed_days'
    ]) }}

),

checks as (

    select * from {{ ref('dim_checks') }}
    where not is_unknown and is_retired is not true

),

activity as (

    select * from {{ ref('fct_check_activity') }}

),

-- Only a definition newer than the last execution proves that a silent check still exists.
judged as (

    select
        checks.*,
        {{ threshold_columns(['silent_days', 'failing_days']) }},
        activity.last_executed_at,
        activity.last_passed_at,
        activity.failing_since,
        activity.execution_count,
        activity.failures_in_a_row,
        activity.invocations_without_it,
        activity.as_of_at,
        case
            when not checks.is_defined then 'gone'
            when not checks.is_enabled then 'disabled'
            when activity.execution_count = 0 and activity.days_known > {{ threshold('silent_days') }} then 'silent'
            when
                activity.execution_count = 0
                and activity.days_known > {{ threshold('never_executed_days') }}
                and activity.invocations_without_it >= {{ threshold('test_invocations') }}
                then 'passed over'
            when activity.execution_count = 0 then 'new'
            when activity.days_since_execution > {{ threshold('silent_days') }}
                then case when checks.last_defined_at > activity.last_executed_at then 'silent' else 'unheard of' end
            when
                activity.days_failing > {{ threshold('failing_days') }}
                and activity.failures_in_a_row >= {{ threshold('minimum_failures') }}
                then 'failing'
            when {{ is_history_cut('fct_check_results') }} and activity.last_passed_at is null then 'never passed'
            else 'alive'
        end as state
    from checks
    inner join activity on checks.check_key = activity.check_key
    {{ join_thresholds('checks.check_key') }}

),

final as (

    select
        {{ audit_subject('CK02', 'check', 'judged') }},
        cast(
            case
                when state in ('disabled', 'silent', 'passed over', 'failing') then 'finding'
                when state in ('gone', 'alive') then 'clear'
                else 'cannot_tell'
            end as text
        ) as verdict,
        cast(
            case state
                when 'gone' then 'It is no longer defined.'
                when 'disabled' then 'It is defined, but disabled.'
                when 'silent'
                    then 'It is defined, but was '
                        || coalesce(
                            'last executed at ' || cast(date_trunc('second', last_executed_at) as text),
                            'never executed'
                        )
                        || '.'
                when 'passed over'
                    then 'It was never executed, though ' || invocations_without_it
                        || ' invocations executed other checks of its kind.'
                when 'new' then 'It was not executed yet, and is too new to be missed.'
                when 'unheard of'
                    then 'It was last executed at ' || cast(date_trunc('second', last_executed_at) as text)
                        || ', and nothing says that it is still defined.'
                when 'failing'
                    then 'It failed ' || failures_in_a_row || ' times in a row, since '
                        || cast(date_trunc('second', failing_since) as text) || '.'
                when 'never passed' then 'It has never passed in the history that is kept.'
                else 'It was executed lately, and has not failed for long.'
            end as text
        ) as reason,
        {{ json_object({
            'executions': 'execution_count',
            'last_executed_at': "cast(date_trunc('second', last_executed_at) as text)",
            'last_passed_at': "cast(date_trunc('second', last_passed_at) as text)",
            'failures_in_a_row': 'failures_in_a_row',
            'invocations_without_it': 'invocations_without_it',
            'silent_days': json_number('silent_days'),
            'failing_days': json_number('failing_days'),
        }) }} as evidence,
        cast(
            case state
                when 'silent' then coalesce(last_executed_at, first_defined_at)
                when 'passed over' then first_defined_at
                when 'failing' then failing_since
            end as timestamp
        ) as onset_at,
        cast(as_of_at as timestamp) as as_of_at
    from judged

)

select * from final
