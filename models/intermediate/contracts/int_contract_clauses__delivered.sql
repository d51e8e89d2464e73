with

promised as (

    select * from {{ ref('int_contract_clauses__promised') }}
    where measure = 'deliveries' and is_measured

),

deliveries as (

    select * from {{ ref('int_dataset_deliveries__judged') }}

),

-- What is excused, or not due yet, says nothing.
turns as (

    select
        service_level_key,
        service_level_valid_from,
        due_at as tested_at,
        true as is_broken,
        'not written since ' || cast(date_trunc('second', expected_at) as text) as found
    from deliveries
    where state in ('late', 'missed')
    union all
    select
        service_level_key,
        service_level_valid_from,
        available_at as tested_at,
        false as is_broken,
        cast(null as text) as found
    from deliveries
    where state in ('kept', 'late')

),

final as (

    select
        cast(promised.contract_clause_version_key as uuid) as contract_clause_version_key,
        cast(turns.tested_at as timestamp) as tested_at,
        cast(turns.is_broken as boolean) as is_broken,
        cast(turns.found as text) as found
    from promised
    inner join turns
        on
            promised.service_level_key = turns.service_level_key
            and promised.service_level_valid_from = turns.service_level_valid_from

)

select * from final
