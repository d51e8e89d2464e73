{{ config(materialized='table') }}

with

odcs_contracts as (

    select * from {{ ref('int_contracts__from_odcs') }}

),

dbt_contracts as (

    select * from {{ ref('int_contracts__from_dbt') }}

),

unioned as (

    select * from odcs_contracts
    union all
    select * from dbt_contracts

),

keyed as (

    select
        *,
        {{ surrogate_key(['contract_standard', 'source_name', 'contract_scope', 'contract_id']) }} as contract_key
    from unioned

),

final as (

    select
        cast(contract_key as uuid) as contract_key,
        {{ version_key('contract_key') }} as contract_version_key,
        cast(contract_standard as text) as contract_standard,
        cast(source_name as text) as source_name,
        cast(contract_scope as text) as contract_scope,
        cast(contract_id as text) as contract_id,
        cast(valid_from as timestamp) as valid_from,
        cast(valid_to as timestamp) as valid_to,
        cast(is_current as boolean) as is_current,
        cast(contract_version as text) as contract_version,
        cast(api_version as text) as api_version,
        cast(contract_status as text) as contract_status,
        cast(
            coalesce(contract_status, '') not in ('proposed', 'draft', 'retired') as boolean
        ) as is_binding,
        cast(contract_name as text) as contract_name,
        cast(domain_name as text) as domain_name,
        cast(tenant_name as text) as tenant_name,
        cast(data_product_name as text) as data_product_name,
        cast(purpose as text) as purpose,
        cast(owner_name as text) as owner_name,
        cast(contract_created_at as timestamp) as contract_created_at,
        cast(defined_in as text) as defined_in,
        cast(document_key as uuid) as document_key,
        cast(node_md5 as text) as node_md5
    from keyed

)

select * from final
