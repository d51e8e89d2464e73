{{ config(access='protected') }}

with

tallies as (

    select * from {{ ref('fct_service_level_tallies') }}

),

service_levels as (

    select * from {{ ref('dim_service_levels') }}
    where is_measured and not is_retired

),

spans as (

    select
        service_level_key,
        cast(min(tallied_on) as timestamp) as first_at,
        cast(max(tallied_on) as timestamp) as last_at
    from tallies
    group by 1

),

days as (

    select
        service_level_key,
        {{ instants_between('first_at', 'last_at', "interval '1 day'") }} as day_at
    from spans

),

-- The version that is in force when the day ends; days on which none is are there for their place in the order.
dated as (

    select
        days.service_level_key,
        cast(days.day_at as date) as measured_on,
        service_levels.service_level_version_key,
        service_levels.is_rolling,
        service_levels.window_days,
        service_levels.window_months,
        service_levels.window_starts_on,
        (extract(year from days.day_at) - extract(year from service_levels.window_starts_on)) * 12
        + extract(month from days.day_at) - extract(month from service_levels.window_starts_on)
        - case
            when extract(day from days.day_at) < extract(day from service_levels.window_starts_on) then 1 else 0
        end as months_since,
        {{ seconds_between('cast(service_levels.window_starts_on as timestamp)', 'days.day_at') }} / 86400 as days_since
    from days
    left join service_levels
        on
            days.service_level_key = service_levels.service_level_key
            and {{ held_at('service_levels', "days.day_at + interval '86399 seconds'") }}

),

started as (

    select
        *,
        case
            when is_rolling
                then cast(measured_on as timestamp) - (window_days - 1) * interval '1 day'
            when window_months is not null
                then
                    cast(window_starts_on as timestamp)
                    + cast(floor(months_since / window_months) * window_months as integer) * interval '1 month'
            else
                cast(window_starts_on as timestamp)
                + cast(floor(days_since / window_days) * window_days as integer) * interval '1 day'
        end as window_from_at
    from dated

),

final as (

    select
        cast(service_level_key as uuid) as service_level_key,
        cast(measured_on as date) as measured_on,
        cast(service_level_version_key as uuid) as service_level_version_key,
        cast(window_from_at as date) as window_from_on,
        cast(
            {{ seconds_between('window_from_at', 'cast(measured_on as timestamp)') }} / 86400 + 1 as integer
        ) as window_day_count
    from started
    {{ only_retained(['cast(measured_on as timestamp)']) }}

)

select * from final
