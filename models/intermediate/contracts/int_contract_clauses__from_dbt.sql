{%- set of_columns = [
    ('column', 'true', "'present'", "'present'", 'null'),
    ('physical_type', 'data_type is not null', 'data_type', 'data_type', 'null'),
    ('required', 'is_required', "'not null'", 'null', "'nullValues'"),
    ('unique', 'is_unique', "'unique'", 'null', "'duplicateValues'"),
] %}

with

contracts as (

    select * from {{ ref('int_contracts__resolved') }}
    where node_md5 is not null

),

contract_columns as (

    select
        contracts.contract_version_key,
        contracts.contract_name,
        columns.*
    from contracts
    inner join {{ ref('int_dbt_contract_columns__unpacked') }} as columns
        on
            contracts.source_name = columns.source_name
            and contracts.contract_id = columns.unique_id
            and contracts.node_md5 = columns.node_md5

),

unioned as (

    {%- for kind, condition, expectation, accepted_types, metric in of_columns %}
        select
            contract_version_key,
            contract_name,
            '{{ kind }}' as clause_kind,
            column_name as property_path,
            column_name,
            {{ expectation }} as expectation,
            {{ accepted_types }} as accepted_types,
            {{ metric }} as metric,
            description
        from contract_columns
        where {{ condition }}
        union all
    {%- endfor %}
    select
        contract_version_key,
        contract_name,
        'primary_key' as clause_kind,
        string_agg(column_name, ', ' order by column_name) as property_path,
        case when count(*) = 1 then min(column_name) end as column_name,
        'unique and not null' as expectation,
        cast(null as text) as accepted_types,
        cast(null as text) as metric,
        cast(null as text) as description
    from contract_columns
    where is_primary_key
    group by 1, 2

),

final as (

    select
        cast(contract_version_key as uuid) as contract_version_key,
        cast(1 as integer) as object_index,
        cast(contract_name as text) as object_name,
        cast(clause_kind as text) as clause_kind,
        cast(property_path as text) as clause_position,
        cast(property_path as text) as property_path,
        cast(column_name as text) as column_name,
        cast(null as text) as clause_name,
        cast(expectation as text) as expectation,
        cast(accepted_types as text) as accepted_types,
        cast(metric as text) as metric,
        cast(null as text) as severity,
        cast(null as text) as service_level_name,
        cast(description as text) as description
    from unioned

)

select * from final
