{{ config(materialized='view') }}

with

contract_clauses as (

    select * from {{ ref('dim_contract_clauses') }}

),

final as (

    select *
    from contract_clauses
    where is_current

)

select * from final
