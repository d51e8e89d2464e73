with

expected as (

    select * from {{ ref('int_dataset_deliveries__expected') }}

),

updates as (

    select distinct
        dataset_key,
        updated_at
    from {{ ref('int_dataset_updates__observed') }}

),

promises as (

    select
        service_level_key,
        dataset_key,
        max(as_of_at) as as_of_at
    from expected
    group by 1, 2

),

-- In the order of time each write comes after the delivery that it may keep, which spares comparing each with each.
points as (

    select
        service_level_key,
        expected_at,
        expected_at as point_at,
        cast(null as timestamp) as updated_at
    from expected
    union all
    select
        promises.service_level_key,
        cast(null as timestamp) as expected_at,
        updates.updated_at as point_at,
        updates.updated_at
    from promises
    inner join updates
        on
            promises.dataset_key = updates.dataset_key
            and promises.as_of_at >= updates.updated_at

),

placed as (

    select
        service_level_key,
        updated_at,
        max(expected_at) over (
            partition by service_level_key
            order by point_at, updated_at nulls first
            rows between unbounded preceding and current row
        ) as expected_at
    from points

),

final as (

    select
        cast(service_level_key as uuid) as service_level_key,
        cast(expected_at as timestamp) as expected_at,
        cast(min(updated_at) as timestamp) as available_at
    from placed
    where expected_at is not null and updated_at is not null
    group by 1, 2

)

select * from final
