with source as (

    select * from {{ source('plumbline', 'schedules') }}

),

final as (

    select
        cast(schedule_expression as text) as schedule_expression,
        cast(time_zone as text) as time_zone,
        cast(expanded_from as timestamp) as expanded_from,
        cast(expanded_until as timestamp) as expanded_until,
        cast(problem as text) as problem,
        cast(_loaded_at as timestamp) as loaded_at
    from source

)

select * from final
