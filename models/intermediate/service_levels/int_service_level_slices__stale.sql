with

evidenced as (

    select * from {{ ref('int_service_level_days__evidenced') }}
    where is_read and ends_at > starts_at

),

updates as (

    select distinct
        dataset_key,
        updated_at
    from {{ ref('int_dataset_updates__observed') }}

),

-- The updates of a day, after the last one from before it.
points as (

    select
        service_level_version_key,
        evidenced_on,
        limit_seconds,
        ends_at,
        coalesce(previous_updated_at, first_updated_at) as updated_at
    from evidenced
    union all
    select
        evidenced.service_level_version_key,
        evidenced.evidenced_on,
        evidenced.limit_seconds,
        evidenced.ends_at,
        updates.updated_at
    from evidenced
    inner join updates
        on
            evidenced.dataset_key = updates.dataset_key
            and evidenced.evidenced_on = cast(updates.updated_at as date)
    where updates.updated_at < evidenced.ends_at

),

-- The times of a day in which the dataset was older than it may be.
stale as (

    select
        service_level_version_key,
        evidenced_on,
        greatest(
            updated_at + limit_seconds * interval '1 second', cast(evidenced_on as timestamp)
        ) as stale_from,
        least(
            lead(updated_at, 1, ends_at) over (
                partition by service_level_version_key, evidenced_on order by updated_at
            ), ends_at
        ) as stale_to
    from points

),

hours as (

    select
        service_level_version_key,
        stale_from,
        stale_to,
        {{ instants_between("date_trunc('hour', stale_from)", 'stale_to', "interval '1 hour'") }} as slice_at
    from stale
    where stale_to > stale_from

),

final as (

    select
        cast(service_level_version_key as uuid) as service_level_version_key,
        cast(slice_at as timestamp) as slice_at,
        cast(sum({{ seconds_between(
            'greatest(stale_from, slice_at)', "least(stale_to, slice_at + interval '1 hour')"
        ) }}) as double precision) as stale_seconds
    from hours
    where slice_at < stale_to
    group by 1, 2

)

select * from final
