with

service_levels as (

    select
        *,
        {{ version_key('service_level_key') }} as service_level_version_key
    from {{ ref('int_service_levels__resolved') }}
    where measure = 'age' and is_measured

),

dataset_days as (

    select * from {{ ref('int_dataset_days__updated') }}

),

excuses as (

    select
        dataset_key,
        date_trunc('day', slice_at) as day_at,
        sum(power(2, extract(hour from slice_at))) as excused_hours
    from {{ ref('int_dataset_hours__excused') }}
    group by 1, 2

),

bounded as (

    select
        service_levels.service_level_version_key,
        service_levels.service_level_key,
        service_levels.target,
        service_levels.limit_seconds,
        service_levels.time_slice_target,
        dataset_days.*,
        greatest(
            date_trunc('hour', service_levels.valid_from + interval '3599999999 microseconds'), dataset_days.day_at
        ) as starts_at,
        least(
            date_trunc('hour', service_levels.valid_to + interval '3599999999 microseconds'),
            dataset_days.day_at + interval '1 day',
            date_trunc('hour', dataset_days.as_of_at)
        ) as ends_at
    from service_levels
    inner join dataset_days
        on
            service_levels.dataset_key = dataset_days.dataset_key
            and service_levels.valid_from < dataset_days.day_at + interval '1 day'
            and service_levels.valid_to > dataset_days.day_at

),

-- A slice belongs to the version that is in force when it begins, and is judged when it is over. Engines write
-- fractions in different ways.
hashed as (

    select
        bounded.*,
        {{ surrogate_key([
            'bounded.dataset_key',
            'cast(round(bounded.limit_seconds * 1000000) as bigint)',
            'cast(round(bounded.target * 1000000000) as bigint)',
            'cast(round(bounded.time_slice_target * 1000000000) as bigint)',
            'bounded.starts_at', 'bounded.ends_at', 'bounded.first_updated_at', 'bounded.previous_updated_at',
            'bounded.update_count', 'bounded.update_sum', 'cast(excuses.excused_hours as bigint)',
        ]) }} as own_evidence
    from bounded
    left join excuses on bounded.dataset_key = excuses.dataset_key and bounded.day_at = excuses.day_at

),

final as (

    select
        cast(service_level_version_key as uuid) as service_level_version_key,
        cast(service_level_key as uuid) as service_level_key,
        cast(dataset_key as uuid) as dataset_key,
        cast(day_at as timestamp) as day_at,
        cast(target as double precision) as target,
        cast(limit_seconds as double precision) as limit_seconds,
        cast(coalesce(time_slice_target, 1) as double precision) as time_slice_target,
        cast(starts_at as timestamp) as starts_at,
        cast(ends_at as timestamp) as ends_at,
        cast(first_updated_at as timestamp) as first_updated_at,
        cast(previous_updated_at as timestamp) as previous_updated_at,
        cast(own_evidence as uuid) as own_evidence
    from hashed
    where ends_at > starts_at

)

select * from final
