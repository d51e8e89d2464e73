{{ config(materialized='table') }}

with

promised as (

    select * from {{ ref('int_contract_clauses__promised') }}

),

turns as (

    select * from {{ ref('int_contract_clauses__aged') }}
    union all
    select * from {{ ref('int_contract_clauses__delivered') }}

),

spans as (

    select
        dataset_key,
        max(as_of_at) as as_of_at
    from {{ ref('int_dataset_days__updated') }}
    group by 1

),

-- What comes at the very instant at which it was due comes in time.
numbered as (

    select
        *,
        lag(is_broken) over (
            partition by contract_clause_version_key order by tested_at asc, is_broken desc
        ) as was_broken
    from turns

),

changes as (

    select
        *,
        lead(tested_at) over (
            partition by contract_clause_version_key order by tested_at asc, is_broken desc
        ) as changed_at
    from numbered
    where was_broken is null or was_broken <> is_broken

),

final as (

    select
        cast(promised.contract_clause_key as uuid) as contract_clause_key,
        cast(promised.contract_clause_version_key as uuid) as contract_clause_version_key,
        cast('service level ' || promised.service_level_name as text) as tested_by,
        cast(null as uuid) as check_key,
        cast(null as text) as metric,
        cast(changes.tested_at as timestamp) as tested_at,
        cast(least(coalesce(changes.changed_at, spans.as_of_at), promised.valid_to) as timestamp) as last_tested_at,
        cast(greatest(changes.tested_at, promised.valid_from) as timestamp) as held_from,
        cast(least(coalesce(changes.changed_at, promised.valid_to), promised.valid_to) as timestamp) as held_to,
        cast(changes.is_broken as boolean) as is_broken,
        cast(changes.found as text) as found
    from promised
    inner join changes
        on
            promised.contract_clause_version_key = changes.contract_clause_version_key
            and promised.valid_to > changes.tested_at
            and (changes.changed_at is null or changes.changed_at > changes.tested_at)
            and coalesce(changes.changed_at, promised.valid_to) > promised.valid_from
    inner join spans on promised.dataset_key = spans.dataset_key

)

select * from final
