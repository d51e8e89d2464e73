{{ config(materialized='table') }}

with

clauses as (

    select * from {{ ref('int_contract_clauses__resolved') }}
    where service_level_name is not null

),

service_levels as (

    select * from {{ ref('int_service_levels__resolved') }}
    where standard = 'odcs'

),

-- Versions of a contract that promise the same are one version of the service level.
final as (

    select
        cast(clauses.contract_clause_key as uuid) as contract_clause_key,
        cast(clauses.contract_clause_version_key as uuid) as contract_clause_version_key,
        cast(clauses.valid_from as timestamp) as valid_from,
        cast(clauses.valid_to as timestamp) as valid_to,
        cast(service_levels.service_level_key as uuid) as service_level_key,
        cast(service_levels.valid_from as timestamp) as service_level_valid_from,
        cast(service_levels.service_level_name as text) as service_level_name,
        cast(service_levels.dataset_key as uuid) as dataset_key,
        cast(service_levels.measure as text) as measure,
        cast(service_levels.limit_seconds as double precision) as limit_seconds,
        cast(service_levels.is_measured as boolean) as is_measured,
        cast(service_levels.unmeasured_reason as text) as unmeasured_reason
    from clauses
    inner join service_levels
        on
            clauses.source_name = service_levels.source_name
            and clauses.service_level_name = service_levels.service_level_name
            and clauses.valid_from >= service_levels.valid_from
            and clauses.valid_from < service_levels.valid_to

)

select * from final
