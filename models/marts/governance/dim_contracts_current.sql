{{ config(materialized='view') }}

with

contracts as (

    select * from {{ ref('dim_contracts') }}

),

final as (

    select *
    from contracts
    where is_current

)

select * from final
