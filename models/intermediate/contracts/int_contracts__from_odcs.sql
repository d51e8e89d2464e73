with

versions as (

    select * from {{ ref('int_odcs_contracts__versioned') }}

),

documents as (

    select * from {{ ref('stg_odcs__contracts') }}

),

final as (

    select
        cast('odcs' as text) as contract_standard,
        cast(versions.source_name as text) as source_name,
        cast('' as text) as contract_scope,
        cast(versions.contract_id as text) as contract_id,
        cast(versions.valid_from as timestamp) as valid_from,
        cast(versions.valid_to as timestamp) as valid_to,
        cast(versions.is_current as boolean) as is_current,
        cast(documents.contract_version as text) as contract_version,
        cast(documents.api_version as text) as api_version,
        cast(documents.contract_status as text) as contract_status,
        cast(coalesce(documents.contract_name, versions.contract_id) as text) as contract_name,
        cast(documents.domain_name as text) as domain_name,
        cast(documents.tenant_name as text) as tenant_name,
        cast(documents.data_product_name as text) as data_product_name,
        cast(documents.purpose as text) as purpose,
        cast(documents.team_name as text) as owner_name,
        cast(documents.contract_created_at as timestamp) as contract_created_at,
        cast(documents.source_file as text) as defined_in,
        cast(documents.document_key as uuid) as document_key,
        cast(null as text) as node_md5
    from versions
    inner join documents on versions.document_key = documents.document_key

)

select * from final
