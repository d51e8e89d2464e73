{{ config(materialized='table') }}

with calendars as (

    select * from {{ ref('registry_calendars') }}

),

final as (

    select
        cast(calendar as text) as calendar,
        cast(starts_at at time zone time_zone at time zone 'UTC' as timestamp) as starts_at,
        cast(ends_at at time zone time_zone at time zone 'UTC' as timestamp) as ends_at,
        cast(kind as text) as kind,
        cast(owner as text) as owner,
        cast(reason as text) as reason
    from calendars

)

select * from final
