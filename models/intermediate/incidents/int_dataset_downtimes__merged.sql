with

downtimes as (

    select * from {{ ref('int_dataset_downtimes__listed') }}

),

reached as (

    select
        *,
        max(down_until) over (
            partition by dataset_key
            order by down_from, incident_key
            rows between unbounded preceding and 1 preceding
        ) as down_before_until
    from downtimes

),

numbered as (

    select
        *,
        sum(case when down_from <= down_before_until then 0 else 1 end) over (
            partition by dataset_key
            order by down_from, incident_key
            rows between unbounded preceding and current row
        ) as downtime_number
    from reached

),

final as (

    select
        cast(dataset_key as uuid) as dataset_key,
        cast(min(down_from) as timestamp) as down_from,
        cast(max(down_until) as timestamp) as down_until
    from numbered
    group by dataset_key, downtime_number

)

select * from final
