{{ config(materialized='view') }}

with

alert_rules as (

    select * from {{ ref('dim_alert_rules') }}

),

final as (

    select *
    from alert_rules
    where is_current

)

select * from final
