{{ config(materialized='view') }}

with

tasks as (

    select * from {{ ref('dim_tasks') }}

),

final as (

    select *
    from tasks
    where is_current

)

select * from final
