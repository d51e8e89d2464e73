{{ config(materialized='table') }}

with

bindings as (

    select * from {{ ref('int_contract_clauses__checked') }}
    where is_binding

),

checks as (

    select * from {{ ref('int_checks__measured') }}

),

-- What was skipped or could not be executed says nothing. A failure breaks the promise whatever its severity.
results as (

    select
        check_key,
        executed_at,
        check_result_key,
        outcome in ('warn', 'fail') as is_broken,
        coalesce(actual, cast(failures as text), message) as found
    from {{ ref('int_check_results__resolved') }}
    where outcome in ('pass', 'warn', 'fail') and executed_at is not null

),

numbered as (

    select
        *,
        lag(is_broken) over (partition by check_key order by executed_at, check_result_key) as was_broken
    from results
    where check_key in (select bindings.check_key from bindings)

),

changes as (

    select
        check_key,
        executed_at,
        is_broken,
        found,
        lead(executed_at) over (partition by check_key order by executed_at, check_result_key) as changed_at
    from numbered
    where was_broken is null or was_broken <> is_broken

),

last_results as (

    select
        check_key,
        max(executed_at) as last_executed_at
    from results
    group by 1

),

final as (

    select
        cast(bindings.contract_clause_key as uuid) as contract_clause_key,
        cast(bindings.contract_clause_version_key as uuid) as contract_clause_version_key,
        cast('check ' || checks.check_name as text) as tested_by,
        cast(changes.check_key as uuid) as check_key,
        cast(bindings.metric as text) as metric,
        cast(changes.executed_at as timestamp) as tested_at,
        cast(
            least(coalesce(changes.changed_at, last_results.last_executed_at), bindings.valid_to) as timestamp
        ) as last_tested_at,
        cast(greatest(changes.executed_at, bindings.valid_from) as timestamp) as held_from,
        cast(least(coalesce(changes.changed_at, bindings.valid_to), bindings.valid_to) as timestamp) as held_to,
        cast(changes.is_broken as boolean) as is_broken,
        cast(changes.found as text) as found
    from bindings
    inner join changes
        on
            bindings.check_key = changes.check_key
            and bindings.valid_to > changes.executed_at
            and (changes.changed_at is null or changes.changed_at > changes.executed_at)
            and coalesce(changes.changed_at, bindings.valid_to) > bindings.valid_from
    inner join last_results on changes.check_key = last_results.check_key
    inner join checks on changes.check_key = checks.check_key

)

select * from final
