with

versions as (

    select * from {{ ref('int_dbt_contracts__versioned') }}

),

nodes as (

    select * from {{ ref('int_dbt_nodes__current') }}

),

final as (

    select
        cast('dbt' as text) as contract_standard,
        cast(versions.source_name as text) as source_name,
        cast(versions.project_name as text) as contract_scope,
        cast(versions.unique_id as text) as contract_id,
        cast(versions.valid_from as timestamp) as valid_from,
        cast(versions.valid_to as timestamp) as valid_to,
        cast(versions.is_current as boolean) as is_current,
        cast(null as text) as contract_version,
        cast(null as text) as api_version,
        cast(case when versions.is_enforced then 'active' else 'retired' end as text) as contract_status,
        cast(coalesce(nodes.node_name, split_part(versions.unique_id, '.', 3)) as text) as contract_name,
        cast(null as text) as domain_name,
        cast(null as text) as tenant_name,
        cast(null as text) as data_product_name,
        cast(nodes.description as text) as purpose,
        cast(nodes.owner_name as text) as owner_name,
        cast(null as timestamp) as contract_created_at,
        cast(nodes.file_path as text) as defined_in,
        cast(null as uuid) as document_key,
        cast(versions.node_md5 as text) as node_md5
    from versions
    left join nodes
        on
            versions.source_name = nodes.source_name
            and versions.project_name = nodes.project_name
            and versions.unique_id = nodes.unique_id

)

select * from final
