{{ config(materialized='table') }}

with

contracts as (

    select * from {{ ref('int_contracts__resolved') }}

),

objects as (

    select * from {{ ref('int_contract_objects__bound') }}

),

unioned as (

    select * from {{ ref('int_contract_clauses__from_odcs') }}
    union all
    select * from {{ ref('int_contract_clauses__from_dbt') }}

),

-- What asks the same of the same thing twice is told apart by its place.
numbered as (

    select
        *,
        row_number() over (
            partition by
                contract_version_key, clause_kind, object_name, property_path,
                coalesce(clause_name, case when clause_kind = 'quality' then expectation end)
            order by object_index, clause_position
        ) as occurrence
    from unioned

),

keyed as (

    select
        contracts.contract_key,
        contracts.valid_from,
        contracts.valid_to,
        contracts.is_current,
        contracts.is_binding,
        contracts.source_name,
        numbered.*,
        objects.dataset_key,
        split_part(objects.dataset_namespace, '://', 1) as scheme,
        {{ surrogate_key([
            'contracts.contract_key', 'numbered.clause_kind', 'numbered.object_name', 'numbered.property_path',
            "coalesce(numbered.clause_name, case when numbered.clause_kind = 'quality' then numbered.expectation end)",
            'numbered.occurrence',
        ]) }} as contract_clause_key
    from numbered
    inner join contracts on numbered.contract_version_key = contracts.contract_version_key
    left join objects
        on
            numbered.contract_version_key = objects.contract_version_key
            and numbered.object_index = objects.object_index

),

final as (

    select
        cast(contract_clause_key as uuid) as contract_clause_key,
        {{ version_key('contract_clause_key') }} as contract_clause_version_key,
        cast(contract_key as uuid) as contract_key,
        cast(contract_version_key as uuid) as contract_version_key,
        cast(source_name as text) as source_name,
        cast(valid_from as timestamp) as valid_from,
        cast(valid_to as timestamp) as valid_to,
        cast(is_current as boolean) as is_current,
        cast(is_binding as boolean) as is_binding,
        row_number() over (partition by contract_clause_key order by valid_from desc) = 1 as is_last_version,
        cast(clause_kind as text) as clause_kind,
        cast(object_name as text) as object_name,
        cast(property_path as text) as property_path,
        cast(dataset_key as uuid) as dataset_key,
        cast(scheme as text) as scheme,
        cast(column_name as text) as column_name,
        cast(clause_name as text) as clause_name,
        cast(expectation as text) as expectation,
        cast(accepted_types as text) as accepted_types,
        cast(metric as text) as metric,
        cast(severity as text) as severity,
        cast(service_level_name as text) as service_level_name,
        cast(description as text) as description
    from keyed

)

select * from final
