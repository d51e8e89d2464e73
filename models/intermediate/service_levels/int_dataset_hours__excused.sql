{{ config(materialized='table') }}

with

assets as (

    select * from {{ ref('int_registry_assets__matched') }}
    where subject_type = 'dataset'

),

calendars as (

    select * from {{ ref('int_registry_calendars__dated') }}

),

hours as (

    select
        calendar,
        starts_at,
        ends_at,
        {{ instants_between("date_trunc('hour', starts_at)", 'ends_at', "interval '1 hour'") }} as slice_at
    from calendars

),

-- An hour is excused that lies within one time of the calendar wholly.
final as (

    select distinct
        cast(assets.subject_key as uuid) as dataset_key,
        cast(hours.slice_at as timestamp) as slice_at
    from assets
    inner join hours on assets.calendar = hours.calendar
    where hours.slice_at >= hours.starts_at and hours.slice_at + interval '1 hour' <= hours.ends_at

)

select * from final
