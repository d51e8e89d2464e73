{{ config(materialized='view') }}

with

teams as (

    select * from {{ ref('dim_teams') }}

),

final as (

    select *
    from teams
    where is_current

)

select * from final
