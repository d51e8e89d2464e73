with source as (

    select * from {{ source('plumbline', 'schedule_occurrences') }}

),

final as (

    select
        cast(schedule_expression as text) as schedule_expression,
        cast(time_zone as text) as time_zone,
        cast(occurs_at as timestamp) as occurs_at,
        cast(next_occurs_at as timestamp) as next_occurs_at
    from source

)

select * from final
