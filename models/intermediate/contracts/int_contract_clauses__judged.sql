{{ config(materialized='table') }}

with

clauses as (

    select * from {{ ref('int_contract_clauses__resolved') }}

),

bindings as (

    select
        contract_clause_version_key,
        count(distinct check_key) as check_count
    from {{ ref('int_contract_clauses__checked') }}
    group by 1

),

promised as (

    select * from {{ ref('int_contract_clauses__promised') }}

),

-- A version is judged by what was known when it ended, or is known now.
tests as (

    select
        tested.contract_clause_version_key,
        bool_or(tested.is_broken) as is_broken,
        count(distinct tested.metric) as metric_count,
        max(tested.last_tested_at) as last_tested_at,
        string_agg(
            distinct case when tested.is_broken then tested.tested_by || ': ' || coalesce(tested.found, 'failed') end,
            '; '
            order by case when tested.is_broken then tested.tested_by || ': ' || coalesce(tested.found, 'failed') end
        ) as broken_by,
        string_agg(distinct tested.tested_by, '; ' order by tested.tested_by) as tested_by
    from {{ ref('int_contract_clauses__tested') }} as tested
    inner join clauses on tested.contract_clause_version_key = clauses.contract_clause_version_key
    where tested.held_to = clauses.valid_to
    group by 1

),

judged as (

    select
        clauses.*,
        coalesce(bindings.check_count, 0) as check_count,
        tests.last_tested_at,
        tests.tested_by,
        tests.broken_by,
        promised.unmeasured_reason,
        case
            when not clauses.is_binding then 'not_in_force'
            when tests.is_broken then 'broken'
            when tests.is_broken is null then 'untested'
            when clauses.clause_kind = 'primary_key' and tests.metric_count < 2 then 'untested'
            else 'kept'
        end as clause_state
    from clauses
    left join bindings on clauses.contract_clause_version_key = bindings.contract_clause_version_key
    left join promised on clauses.contract_clause_version_key = promised.contract_clause_version_key
    left join tests on clauses.contract_clause_version_key = tests.contract_clause_version_key

),

final as (

    select
        cast(contract_clause_key as uuid) as contract_clause_key,
        cast(contract_clause_version_key as uuid) as contract_clause_version_key,
        cast(clause_state as text) as clause_state,
        cast(
            case
                when clause_state = 'not_in_force' then 'The contract is proposed, a draft or retired.'
                when clause_state = 'broken' then 'Broken by ' || broken_by || '.'
                when clause_state = 'kept' then 'Kept by ' || tested_by || '.'
                when dataset_key is null then 'No dataset that is known is the one that it speaks of.'
                when unmeasured_reason is not null then 'Not measured: ' || unmeasured_reason || '.'
                when clause_kind = 'service_level'
                    then 'Nothing was due since the first write of its dataset that is known.'
                when column_name is null and clause_kind <> 'quality'
                    then 'It is of a field inside of a column, or of several columns, of which no test tells.'
                when check_count > 0 and last_tested_at is null
                    then 'A check that tests it has given no result.'
                when last_tested_at is not null then 'Tested only in part, by ' || tested_by || '.'
                when clause_kind = 'column' then 'No schema of the dataset was seen.'
                when clause_kind in ('logical_type', 'physical_type')
                    then 'The type of the column was not seen, or is not known.'
                else 'No check is known that tests it.'
            end as text
        ) as reason,
        cast(check_count as integer) as check_count,
        cast(last_tested_at as timestamp) as last_tested_at
    from judged

)

select * from final
