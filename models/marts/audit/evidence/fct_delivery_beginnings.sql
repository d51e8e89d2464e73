with
thresholds as (
    {{ audit_thresholds('FR03', ['last_deliveries']) }}
),

promises as (
    select distinct service_level_key from {{ ref('bridge_delivery_promises') }}
    where is_measured
),

deliveries as (
    select
        deliveries.delivery_key,
        deliveries.service_level_key,
        deliveries.dataset_key,
        deliveries.due_at,
        deliveries.available_at,
        lead(deliveries.available_at) over (of_level order by deliveries.available_at, deliveries.delivery_key)
            as next_available_at,
        row_number() over (of_level order by deliveries.expected_at desc, deliveries.delivery_key asc) as place
    from promises
    inner join {{ ref('fct_deliveries') }} as deliveries on promises.service_level_key = deliveries.service_level_key
    where deliveries.available_at is not null
    window of_level as (partition by deliveries.service_level_key)
),

arrivals as (
    select
        *,
        lag(written_at) over in_order as last_written_at,
        lead(written_at) over in_order as next_written_at
    from {{ ref('fct_dataset_arrivals') }}
    where is_scheduled
    window in_order as (partition by dataset_key order by written_at, dataset_arrival_key)
),

-- Something is there at the earliest when it is promised, or when its schedule begins and it has run.
beginnings as (
    select
        dataset_key,
        service_level_key,
        {{ unknown_key() }} as pipeline_key,
        false as is_schedule,
        due_at as begins_at,
        cast(null as timestamp) as last_available_at,
        available_at,
        next_available_at
    from deliveries
    union all
    select
        dataset_key,
        {{ unknown_key() }} as service_level_key,
        pipeline_key,
        true as is_schedule,
        scheduled_at as begins_at,
        last_written_at as last_available_at,
        written_at as available_at,
        next_written_at as next_available_at
    from arrivals
),

-- What a delivery was made from is what was there last when it came. Its own run may tell of it a moment later.
used as (
    select
        deliveries.delivery_key,
        deliveries.service_level_key,
        deliveries.due_at,
        paths.upstream_dataset_key,
        beginnings.is_schedule,
        beginnings.service_level_key as upstream_service_level_key,
        beginnings.pipeline_key,
        beginnings.begins_at,
        case when beginnings.is_schedule then coalesce(runtimes.run_count, 0) end as run_count,
        coalesce(runtimes.p95_seconds, 0)
        + case when beginnings.is_schedule then paths.awaited_seconds else paths.longest_seconds end as needed_seconds
    from deliveries
    cross join thresholds
    inner join {{ ref('bridge_critical_paths') }} as paths on deliveries.dataset_key = paths.dataset_key
    inner join beginnings
        on
            paths.upstream_dataset_key = beginnings.dataset_key
            and case
                when paths.depth = 0
                    then
                        beginnings.is_schedule
                        and deliveries.available_at between beginnings.begins_at and beginnings.available_at
                        and coalesce(deliveries.available_at > beginnings.last_available_at, true)
                else
                    deliveries.available_at >= beginnings.available_at
                    and coalesce(deliveries.available_at < beginnings.next_available_at, true)
            end
    left join {{ ref('fct_dataset_runtimes') }} as runtimes
        on beginnings.dataset_key = runtimes.dataset_key and beginnings.pipeline_key = runtimes.pipeline_key
    where
        deliveries.place <= thresholds.last_deliveries
        and (not beginnings.is_schedule or paths.awaited_seconds is not null)
),

final as (
    select
        {{ surrogate_key([
            'delivery_key', 'upstream_dataset_key', 'upstream_service_level_key', 'is_schedule'
        ]) }} as delivery_beginning_key,
        cast(delivery_key as uuid) as delivery_key,
        cast(service_level_key as uuid) as service_level_key,
        cast(upstream_dataset_key as uuid) as upstream_dataset_key,
        cast(upstream_service_level_key as uuid) as upstream_service_level_key,
        cast(pipeline_key as uuid) as pipeline_key,
        cast(is_schedule as boolean) as is_schedule,
        cast(begins_at as timestamp) as begins_at,
        cast(due_at as timestamp) as due_at,
        cast(run_count as bigint) as run_count,
        cast(needed_seconds as double precision) as needed_seconds
    from used
)

select * from final
