with

evidenced as (

    select * from {{ ref('int_service_level_days__evidenced') }}
    where is_read

),

stale as (

    select * from {{ ref('int_service_level_slices__stale') }}

),

excused as (

    select * from {{ ref('int_dataset_hours__excused') }}

),

slices as (

    select
        service_level_version_key,
        service_level_key,
        evidenced_on,
        dataset_key,
        target,
        time_slice_target,
        first_updated_at,
        evidence,
        is_rebuilt,
        {{ instants_between('starts_at', "ends_at - interval '1 hour'", "interval '1 hour'") }} as slice_at
    from evidenced

),

final as (

    select
        slices.service_level_version_key,
        slices.service_level_key,
        slices.evidenced_on as slice_on,
        slices.dataset_key,
        slices.slice_at,
        slices.target,
        slices.evidence,
        slices.is_rebuilt,
        cast(coalesce(stale.stale_seconds, 0) as double precision) as stale_seconds,
        cast(
            case
                -- How old it was before its first update that is known, nobody knows.
                when slices.first_updated_at > slices.slice_at then 'cannot_tell'
                when excused.slice_at is not null then 'excused'
                when coalesce(stale.stale_seconds, 0) <= (1 - slices.time_slice_target) * 3600 + 0.000001 then 'good'
                else 'bad'
            end as text
        ) as state
    from slices
    left join stale
        on
            slices.service_level_version_key = stale.service_level_version_key
            and slices.slice_at = stale.slice_at
    left join excused
        on
            slices.dataset_key = excused.dataset_key
            and slices.slice_at = excused.slice_at

)

select * from final
