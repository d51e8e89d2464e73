with

downtimes as (

    select * from {{ ref('int_dataset_downtimes__merged') }}

),

incidents as (

    select * from {{ ref('int_dataset_downtimes__listed') }}

),

dates as (

    select
        date_on,
        cast(date_on as timestamp) as begins_at,
        {{ dbt.dateadd('day', 1, 'cast(date_on as timestamp)') }} as ends_at
    from {{ ref('dim_dates') }}
    where not is_unknown

),

datasets as (

    select * from {{ ref('dim_datasets_current') }}

),

days as (

    select
        downtimes.dataset_key,
        dates.date_on,
        dates.begins_at,
        dates.ends_at,
        sum(
            {{ seconds_between(
                'greatest(downtimes.down_from, dates.begins_at)', 'least(downtimes.down_until, dates.ends_at)'
            ) }}
        ) as down_seconds
    from downtimes
    inner join dates
        on
            downtimes.down_from < dates.ends_at
            and downtimes.down_until > dates.begins_at
    group by 1, 2, 3, 4

),

counted as (

    select
        days.dataset_key,
        days.date_on,
        days.down_seconds,
        count(distinct incidents.incident_key) as incident_count
    from days
    inner join incidents
        on
            days.dataset_key = incidents.dataset_key
            and days.ends_at > incidents.down_from
            and days.begins_at < incidents.down_until
    group by 1, 2, 3

),

final as (

    select
        {{ surrogate_key(['counted.dataset_key', 'counted.date_on']) }} as dataset_downtime_day_key,
        cast(counted.dataset_key as uuid) as dataset_key,
        cast(datasets.team_key as uuid) as team_key,
        cast(counted.date_on as date) as down_on,
        cast(counted.down_seconds as double precision) as down_seconds,
        cast(counted.incident_count as bigint) as incident_count
    from counted
    inner join datasets on counted.dataset_key = datasets.dataset_key
    {{ only_retained(['cast(counted.date_on as timestamp)']) }}

)

select * from final
