{%- set clock = "regexp_replace(service_level_value, '^\s*(\d{1,2}:\d{2}(:\d{2})?).*$', '\\1')" %}

with

service_levels as (

    select
        *,
        coalesce(service_level_value_extension <> service_level_value, false) as is_range,
        trim(regexp_replace(service_level_value, '^\s*\d{1,2}:\d{2}(:\d{2})?', '')) as zone,
        service_level_value ~ '^\s*([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?([^:\d].*)?$'
        and trim(regexp_replace(service_level_value, '^\s*\d{1,2}:\d{2}(:\d{2})?', ''))
        ~ '^(|[+-]\d{2}:?(\d{2})?|[A-Za-z][A-Za-z0-9_+/-]{0,60})$' as is_time,
        {{ duration_seconds('service_level_value', 'unit') }} as interval_seconds,
        {{ duration_seconds('service_level_value', 'unit') }} / case {{ duration_unit('service_level_value', 'unit') }}
            when 'month' then 30 * 86400
            when 'year' then 365 * 86400 / 12.0
        end as interval_months
    from {{ ref('int_odcs_service_levels__named') }}
    where service_level_property in ('frequency', 'timeOfAvailability')

),

-- Where a dataset is not updated every day, a time of day does not say on which.
sparse as (

    select distinct
        document_key,
        object_name
    from service_levels
    where service_level_property = 'frequency' and (schedule is not null or coalesce(interval_seconds, 0) > 86400)

),

schedules as (

    select * from {{ ref('stg_plumbline__schedules') }}

),

timed as (

    select
        service_levels.*,
        sparse.document_key is not null and service_levels.schedule is null as is_of_no_day,
        case when service_levels.service_level_property = 'timeOfAvailability' then '0 0 * * *' end as every_day,
        case
            when service_levels.service_level_property = 'frequency' or service_levels.zone in ('', 'z', 'Z') then 'UTC'
            when service_levels.zone ~ '^[+-].*$'
                then
                    left(service_levels.zone, 3) || ':'
                    || coalesce(nullif(right(regexp_replace(service_levels.zone, '[^0-9]', '', 'g'), -2), ''), '00')
            else service_levels.zone
        end as time_zone,
        case
            when service_levels.service_level_property = 'timeOfAvailability' and service_levels.is_time
                then
                    cast({{ to_bigint("split_part(" ~ clock ~ ", ':', 2)") }} as text) || ' '
                    || cast({{ to_bigint("split_part(" ~ clock ~ ", ':', 1)") }} as text) || ' * * *'
                    || coalesce(
                        ' ' || cast(nullif({{ to_bigint("split_part(" ~ clock ~ ", ':', 3)") }}, 0) as text), ''
                    )
        end as due_expression
    from service_levels
    left join sparse
        on
            service_levels.document_key = sparse.document_key
            and coalesce(service_levels.object_name, '') = coalesce(sparse.object_name, '')

),

final as (

    select
        cast(timed.document_key as uuid) as document_key,
        cast(timed.service_level_name as text) as service_level_name,
        cast(coalesce(timed.schedule, timed.every_day) as text) as schedule_expression,
        cast(timed.due_expression as text) as due_expression,
        cast(timed.time_zone as text) as time_zone,
        cast(case when timed.interval_months is null then timed.interval_seconds end as double precision)
            as interval_seconds,
        cast(
            case when timed.interval_months between 1 and 1200 then timed.interval_months end as integer
        ) as interval_months,
        cast(
            case
                when timed.is_range then 'it promises a range'
                when timed.schedule is not null and timed.scheduler <> 'cron' then 'its schedule is not of cron'
                when timed.service_level_property = 'timeOfAvailability' and not timed.is_time
                    then 'its value is no time of day'
                when timed.service_level_property = 'timeOfAvailability' and timed.is_of_no_day
                    then 'it says a time of day, and not of which days'
                when
                    timed.every_day is null and timed.schedule is null
                    and (
                        coalesce(timed.interval_seconds, 0) not between 60 and 3153600000
                        or coalesce(timed.interval_months <> floor(timed.interval_months), false)
                    )
                    then 'its value and unit are no length of time that can be counted'
                when coalesce(timed.schedule, timed.every_day) is not null and schedules.time_zone is null
                    then 'its schedule is not expanded'
                else coalesce('its schedule ' || schedules.problem, 'its time ' || dues.problem)
            end as text
        ) as unmeasured_reason
    from timed
    left join schedules
        on
            coalesce(timed.schedule, timed.every_day) = schedules.schedule_expression
            and timed.time_zone = schedules.time_zone
    left join schedules as dues
        on timed.due_expression = dues.schedule_expression and timed.time_zone = dues.time_zone

)

select * from final
