with

days as (

    select
        {{ dbt.dateadd('day', 'generated_number - 1', "cast('" ~ var('calendar_starts_on') ~ "' as timestamp)") }}
            as day_at
    from ({{ dbt.generate_series(40000) }}) as numbers

),

calendar as (

    select cast(day_at as date) as date_on
    from days
    where day_at < cast('{{ var("calendar_ends_before") }}' as timestamp)

),

members as (

    select
        date_on,
        false as is_unknown
    from calendar
    union all
    select
        cast('1900-01-01' as date) as date_on,
        true as is_unknown

),

parts as (

    select
        *,
        cast(extract(isodow from date_on) as integer) as day_of_week
    from members

),

final as (

    select
        cast(date_on as date) as date_on,
        cast(extract(year from date_on) as integer) as year_number,
        cast(extract(quarter from date_on) as integer) as quarter_number,
        cast(extract(month from date_on) as integer) as month_number,
        cast(extract(day from date_on) as integer) as day_of_month,
        cast(day_of_week as integer) as day_of_week,
        cast(
            case day_of_week
                when 1 then 'Monday'
                when 2 then 'Tuesday'
                when 3 then 'Wednesday'
                when 4 then 'Thursday'
                when 5 then 'Friday'
                when 6 then 'Saturday'
                else 'Sunday'
            end as text
        ) as day_name,
        cast(extract(week from date_on) as integer) as iso_week_number,
        cast(date_trunc('week', date_on) as date) as week_starts_on,
        cast(date_trunc('month', date_on) as date) as month_starts_on,
        day_of_week >= 6 as is_weekend,
        cast(is_unknown as boolean) as is_unknown
    from parts

)

select * from final
