-- depends_on: {{ ref('dim_service_levels') }}
with

clauses as (

    select * from {{ ref('dim_contract_clauses_current') }}
    where is_in_force and is_retired is not true

),

promised as (

    select * from {{ ref('int_contract_clauses__promised') }}
    where measure = 'deliveries'

),

final as (

    select
        cast(clauses.contract_clause_version_key as uuid) as contract_clause_version_key,
        cast(clauses.contract_key as uuid) as contract_key,
        cast(promised.service_level_key as uuid) as service_level_key,
        cast(promised.dataset_key as uuid) as dataset_key,
        cast(promised.service_level_name as text) as service_level_name,
        cast(promised.is_measured as boolean) as is_measured,
        cast(promised.unmeasured_reason as text) as unmeasured_reason
    from clauses
    inner join promised on clauses.contract_clause_version_key = promised.contract_clause_version_key

)

select * from final
