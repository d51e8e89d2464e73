with

violations as (

    select * from {{ ref('int_contract_violations__detected') }}

),

clauses as (

    select * from {{ ref('dim_contract_clauses') }}

),

contracts as (

    select * from {{ ref('dim_contracts') }}

),

checks as (

    select * from {{ ref('dim_checks') }}

),

final as (

    select
        cast(violations.contract_violation_key as uuid) as contract_violation_key,
        cast(violations.contract_clause_key as uuid) as contract_clause_key,
        cast(violations.contract_clause_version_key as uuid) as contract_clause_version_key,
        cast(clauses.contract_key as uuid) as contract_key,
        cast(clauses.contract_version_key as uuid) as contract_version_key,
        cast(clauses.dataset_key as uuid) as dataset_key,
        cast(clauses.column_key as uuid) as column_key,
        cast(coalesce(checks.check_key, {{ unknown_key() }}) as uuid) as check_key,
        cast(clauses.team_key as uuid) as team_key,
        cast(contracts.source_name as text) as source_name,
        {{ date_member('violations.started_at') }} as started_on,
        cast(violations.started_at as timestamp) as started_at,
        cast(violations.ended_at as timestamp) as ended_at,
        cast(violations.ended_by as text) as ended_by,
        cast(violations.last_tested_at as timestamp) as last_tested_at,
        {{ seconds_between('violations.started_at', 'violations.ended_at') }} as duration_seconds,
        cast(clauses.clause_kind as text) as clause_kind,
        cast(clauses.expectation as text) as expectation,
        cast(violations.found as text) as found,
        cast(violations.tested_by as text) as tested_by,
        cast(violations.test_count as integer) as test_count,
        cast({{ json_object({
            'contract': 'contracts.contract_id',
            'version': 'contracts.contract_version',
            'clause': 'clauses.clause_kind',
            'subject': 'clauses.subject_name',
            'expected': 'clauses.expectation',
            'found': 'violations.found',
            'tested_by': 'violations.tested_by',
        }) }} as text) as evidence
    from violations
    inner join clauses on violations.contract_clause_version_key = clauses.contract_clause_version_key
    inner join contracts on clauses.contract_version_key = contracts.contract_version_key
    left join checks on violations.check_key = checks.check_key
    {{ only_retained(['violations.ended_at', 'violations.last_tested_at', 'violations.started_at']) }}

)

select * from final
