{{ config(materialized='table') }}

with

tested as (

    select * from {{ ref('int_contract_clauses__tested') }}

),

reached as (

    select
        *,
        max(held_to) over (
            partition by contract_clause_key
            order by held_from, held_to, tested_by, check_key
            rows between unbounded preceding and 1 preceding
        ) as reached_at
    from tested
    where is_broken

),

-- What is broken by several tests, or through several versions of a contract, is broken once.
numbered as (

    select
        *,
        sum(case when reached_at is null or held_from > reached_at then 1 else 0 end) over (
            partition by contract_clause_key
            order by held_from, held_to, tested_by, check_key
            rows between unbounded preceding and current row
        ) as episode_number
    from reached

),

ranked as (

    select
        *,
        row_number() over (
            partition by contract_clause_key, episode_number
            order by held_from asc, tested_by asc, check_key asc, held_to desc
        ) as test_rank
    from numbered

),

episodes as (

    select
        contract_clause_key,
        episode_number,
        min(held_from) as started_at,
        nullif(max(held_to), cast('9999-12-31' as timestamp)) as ended_at,
        max(last_tested_at) as last_tested_at,
        count(distinct tested_by) as test_count
    from ranked
    group by 1, 2

),

-- What a new version of a contract allows was not mended.
mended as (

    select distinct
        contract_clause_key,
        held_from as mended_at
    from tested
    where not is_broken and tested_at = held_from

),

final as (

    select
        {{ surrogate_key(['episodes.contract_clause_key', 'episodes.started_at']) }} as contract_violation_key,
        cast(episodes.contract_clause_key as uuid) as contract_clause_key,
        cast(first_test.contract_clause_version_key as uuid) as contract_clause_version_key,
        cast(first_test.check_key as uuid) as check_key,
        cast(first_test.tested_by as text) as tested_by,
        cast(first_test.found as text) as found,
        cast(episodes.started_at as timestamp) as started_at,
        cast(episodes.ended_at as timestamp) as ended_at,
        cast(episodes.last_tested_at as timestamp) as last_tested_at,
        cast(
            case
                when episodes.ended_at is null then null
                when mended.contract_clause_key is not null then 'mended'
                else 'contract changed'
            end as text
        ) as ended_by,
        cast(episodes.test_count as integer) as test_count
    from episodes
    inner join ranked as first_test
        on
            episodes.contract_clause_key = first_test.contract_clause_key
            and episodes.episode_number = first_test.episode_number
            and first_test.test_rank = 1
    left join mended
        on episodes.contract_clause_key = mended.contract_clause_key and episodes.ended_at = mended.mended_at

)

select * from final
