{{ config(materialized='view') }}

with

pipelines as (

    select * from {{ ref('dim_pipelines') }}

),

final as (

    select *
    from pipelines
    where is_current

)

select * from final
