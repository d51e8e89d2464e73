with

held_to_schemas as (

    select * from {{ ref('int_contract_clauses__held_to_schemas') }}

),

held_to_checks as (

    select * from {{ ref('int_contract_clauses__held_to_checks') }}

),

held_to_service_levels as (

    select * from {{ ref('int_contract_clauses__held_to_service_levels') }}

),

unioned as (

    select * from held_to_schemas
    union all
    select * from held_to_checks
    union all
    select * from held_to_service_levels

),

final as (

    select
        cast(contract_clause_key as uuid) as contract_clause_key,
        cast(contract_clause_version_key as uuid) as contract_clause_version_key,
        cast(tested_by as text) as tested_by,
        cast(check_key as uuid) as check_key,
        cast(metric as text) as metric,
        cast(tested_at as timestamp) as tested_at,
        cast(last_tested_at as timestamp) as last_tested_at,
        cast(held_from as timestamp) as held_from,
        cast(held_to as timestamp) as held_to,
        cast(is_broken as boolean) as is_broken,
        cast(found as text) as found
    from unioned

)

select * from final
