-- Which checks fail, on whose data, how often, and are they failing still?
with

failures as (

    select
        check_key,
        count(*) as failures,
        max(executed_at) as last_failed_at
    from {{ ref('fct_check_results') }}
    where
        outcome in ('fail', 'error')
        and executed_on >= cast('{{ var("analysis_since_on") }}' as date)
    group by check_key

)

select
    checks.subject_name as check_of,
    checks.severity,
    teams.team_name,
    failures.failures,
    executions.executions,
    failures.last_failed_at,
    failures.last_failed_at = executions.last_executed_at as is_failing_still
from failures
inner join {{ ref('dim_checks') }} as checks on failures.check_key = checks.check_key
inner join {{ ref('dim_teams_current') }} as teams on checks.team_key = teams.team_key
left join lateral (
    select
        count(*) as executions,
        max(check_results.executed_at) as last_executed_at
    from {{ ref('fct_check_results') }} as check_results
    where
        check_results.check_key = failures.check_key
        and check_results.executed_at >= cast('{{ var("analysis_since_on") }}' as timestamp)
) as executions on true
order by failures.failures desc, check_of asc
