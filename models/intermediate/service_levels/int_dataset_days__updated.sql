with

updates as (

    select * from {{ ref('int_dataset_updates__observed') }}

),

as_of as (

    select * from {{ ref('int_sources__as_of') }}

),

-- What is dated after the present of its own feed has a clock that runs ahead.
observed as (

    select
        updates.dataset_key,
        updates.updated_at,
        max(as_of.as_of_at) as as_of_at
    from updates
    inner join as_of on updates.source_name = as_of.source_name
    where updates.updated_at <= as_of.as_of_at
    group by 1, 2

),

-- Nothing is known of a dataset after the present of the feeds that tell of it.
spans as (

    select
        dataset_key,
        min(updated_at) as first_updated_at,
        max(as_of_at) as as_of_at
    from observed
    group by 1

),

days as (

    select
        dataset_key,
        first_updated_at,
        as_of_at,
        {{ instants_between("date_trunc('day', first_updated_at)", 'as_of_at', "interval '1 day'") }} as day_at
    from spans

),

tallies as (

    select
        dataset_key,
        date_trunc('day', updated_at) as day_at,
        count(*) as update_count,
        sum(cast(extract(epoch from updated_at) * 1000000 as bigint)) as update_sum,
        max(updated_at) as last_updated_at
    from observed
    group by 1, 2

),

final as (

    select
        cast(days.dataset_key as uuid) as dataset_key,
        cast(days.day_at as timestamp) as day_at,
        cast(days.first_updated_at as timestamp) as first_updated_at,
        cast(days.as_of_at as timestamp) as as_of_at,
        cast(coalesce(tallies.update_count, 0) as bigint) as update_count,
        cast(tallies.update_sum as text) as update_sum,
        cast(
            max(tallies.last_updated_at) over (
                partition by days.dataset_key
                order by days.day_at
                rows between unbounded preceding and 1 preceding
            ) as timestamp
        ) as previous_updated_at
    from days
    left join tallies
        on
            days.dataset_key = tallies.dataset_key
            and days.day_at = tallies.day_at

)

select * from final
