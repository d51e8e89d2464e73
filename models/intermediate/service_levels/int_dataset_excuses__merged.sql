with

assets as (

    select * from {{ ref('int_registry_assets__matched') }}
    where subject_type = 'dataset'

),

calendars as (

    select
        *,
        max(ends_at) over (
            partition by calendar
            order by starts_at, ends_at
            rows between unbounded preceding and 1 preceding
        ) as reached_at
    from {{ ref('int_registry_calendars__dated') }}

),

numbered as (

    select
        *,
        sum(case when reached_at is null or starts_at > reached_at then 1 else 0 end) over (
            partition by calendar
            order by starts_at, ends_at
            rows between unbounded preceding and current row
        ) as excuse_number
    from calendars

),

final as (

    select
        cast(assets.subject_key as uuid) as dataset_key,
        cast(min(numbered.starts_at) as timestamp) as starts_at,
        cast(max(numbered.ends_at) as timestamp) as ends_at
    from assets
    inner join numbered on assets.calendar = numbered.calendar
    group by assets.subject_key, numbered.excuse_number

)

select * from final
