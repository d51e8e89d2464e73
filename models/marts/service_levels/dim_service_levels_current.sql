{{ config(materialized='view') }}

with

service_levels as (

    select * from {{ ref('dim_service_levels') }}

),

final as (

    select *
    from service_levels
    where is_current

)

select * from final
