with

promised as (

    select * from {{ ref('int_contract_clauses__promised') }}
    where measure = 'age' and is_measured

),

updates as (

    select distinct
        dataset_key,
        updated_at
    from {{ ref('int_dataset_updates__observed') }}

),

spans as (

    select
        dataset_key,
        min(first_updated_at) as first_updated_at,
        max(as_of_at) as as_of_at
    from {{ ref('int_dataset_days__updated') }}
    group by 1

),

excuses as (

    select * from {{ ref('int_dataset_excuses__merged') }}

),

gaps as (

    select
        updates.dataset_key,
        updates.updated_at,
        spans.as_of_at,
        lead(updates.updated_at) over (partition by updates.dataset_key order by updates.updated_at) as next_updated_at
    from updates
    inner join spans
        on
            updates.dataset_key = spans.dataset_key
            and updates.updated_at <= spans.as_of_at

),

-- What gets too old while it is excused is so from when the excuse ends.
stale as (

    select
        promised.contract_clause_version_key,
        gaps.updated_at,
        gaps.next_updated_at,
        coalesce(excuses.ends_at, gaps.updated_at + promised.limit_seconds * interval '1 second') as stale_at,
        coalesce(gaps.next_updated_at, gaps.as_of_at) as stale_until
    from promised
    inner join gaps
        on
            promised.dataset_key = gaps.dataset_key
            and coalesce(gaps.next_updated_at, gaps.as_of_at)
            > gaps.updated_at + promised.limit_seconds * interval '1 second'
    left join excuses
        on
            gaps.dataset_key = excuses.dataset_key
            and gaps.updated_at + promised.limit_seconds * interval '1 second' >= excuses.starts_at
            and gaps.updated_at + promised.limit_seconds * interval '1 second' < excuses.ends_at

),

turns as (

    select
        promised.contract_clause_version_key,
        spans.first_updated_at as turned_at,
        false as is_broken,
        cast(null as timestamp) as updated_at
    from promised
    inner join spans on promised.dataset_key = spans.dataset_key
    union all
    select
        contract_clause_version_key,
        stale_at as turned_at,
        true as is_broken,
        updated_at
    from stale
    where stale_at < stale_until
    union all
    select
        contract_clause_version_key,
        next_updated_at as turned_at,
        false as is_broken,
        cast(null as timestamp) as updated_at
    from stale
    where stale_at < stale_until and next_updated_at is not null

),

final as (

    select
        cast(contract_clause_version_key as uuid) as contract_clause_version_key,
        cast(turned_at as timestamp) as tested_at,
        cast(is_broken as boolean) as is_broken,
        cast('last written ' || cast(date_trunc('second', updated_at) as text) as text) as found
    from turns

)

select * from final
