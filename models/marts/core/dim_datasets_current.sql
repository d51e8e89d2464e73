{{ config(materialized='view') }}

with

datasets as (

    select * from {{ ref('dim_datasets') }}

),

final as (

    select *
    from datasets
    where is_current

)

select * from final
