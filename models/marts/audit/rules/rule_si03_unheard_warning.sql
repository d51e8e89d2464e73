with

thresholds as (

    {{ subject_thresholds('SI03', ['window_days', 'minimum_failures', 'failing_days', 'budget_hours']) }}

),

streaks as (

    select * from {{ ref('fct_warning_streaks') }}

),

verdicts as (

    select * from {{ ref('fct_trouble_verdicts') }}
    where rule_id = 'SI03'

),

checks as (

    select
        checks.*,
        {{ threshold('window_days') }} as window_days,
        {{ threshold('minimum_failures') }} as minimum_failures,
        {{ threshold('failing_days') }} as maximum_days,
        {{ threshold('budget_hours') }} as budget_hours,
        streaks.failure_count,
        streaks.failures,
        streaks.failing_since,
        streaks.last_failed_at,
        streaks.failing_days,
        streaks.as_of_at,
        verdicts.outcome,
        verdicts.words,
        verdicts.told_by,
        verdicts.verdict as told_verdict,
        case
            when not checks.is_defined then 'gone'
            when not checks.is_enabled then 'disabled'
            when streaks.last_executed_at is null then 'not executed'
            when streaks.failure_count = 0 then 'passing'
            when not streaks.is_warned then 'failing'
            when
                streaks.failure_count >= {{ threshold('minimum_failures') }}
                or streaks.failing_days >= {{ threshold('failing_days') }}
                then 'warning'
            else 'warned'
        end as state
    from {{ ref('dim_checks') }} as checks
    {{ join_thresholds('checks.check_key') }}
    inner join streaks on checks.check_key = streaks.check_key
    left join verdicts on checks.check_key = verdicts.subject_key
    where not checks.is_unknown and checks.is_retired is not true

),

final as (

    select
        {{ audit_subject('SI03', 'check', 'checks') }},
        cast(
            case state
                when 'not executed' then 'cannot_tell'
                when 'warning' then coalesce(told_verdict, 'cannot_tell')
                else 'clear'
            end as text
        ) as verdict,
        cast(
            case state
                when 'gone' then 'It is no longer defined.'
                when 'disabled' then 'It is disabled.'
                when 'not executed' then 'It was not executed within ' || cast(window_days as bigint) || ' days.'
                when 'passing' then 'It passed when it was last executed.'
                when 'failing' then 'It fails, and does not only warn.'
                when 'warned' then 'It warned only ' || failure_count || ' times in a row.'
                else 'It warned ' || failure_count || ' times in a row, since '
                    || cast(date_trunc('second', failing_since) as text) || '; ' || words || '.'
            end as text
        ) as reason,
        {{ json_object({
            'warnings_in_a_row': 'failure_count',
            'failing_rows': 'failures',
            'last_warned_at': "cast(date_trunc('second', last_failed_at) as text)",
            'outcome': 'coalesce(outcome, state)',
            'told_by': 'told_by',
            'window_days': json_number('window_days'),
            'minimum_failures': json_number('minimum_failures'),
            'failing_days': json_number('maximum_days'),
            'budget_hours': json_number('budget_hours'),
        }) }} as evidence,
        cast(
            case when state = 'warning' and told_verdict = 'finding' then failing_since end as timestamp
        ) as onset_at,
        cast(as_of_at as timestamp) as as_of_at
    from checks

)

select * from final
