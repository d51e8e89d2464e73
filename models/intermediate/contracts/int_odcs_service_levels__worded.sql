with

contracts as (

    select * from {{ ref('int_contracts__resolved') }}
    where document_key is not null

),

objects as (

    select
        document_key,
        object_name,
        min(object_index) as object_index
    from {{ ref('stg_odcs__schema_objects') }}
    group by 1, 2

),

service_levels as (

    select * from {{ ref('stg_odcs__service_level_properties') }}

),

final as (

    select
        cast(contracts.contract_version_key as uuid) as contract_version_key,
        cast(objects.object_index as integer) as object_index,
        cast(objects.object_name as text) as object_name,
        cast('service_level' as text) as clause_kind,
        cast(service_levels.service_level_index as text) as clause_position,
        cast(service_levels.element as text) as property_path,
        cast(null as text) as column_name,
        cast(service_levels.service_level_property as text) as clause_name,
        cast(
            concat_ws(
                ' ',
                service_levels.service_level_value, service_levels.service_level_value_extension, service_levels.unit
            ) as text
        ) as expectation,
        cast(null as text) as accepted_types,
        cast(null as text) as metric,
        cast(null as text) as severity
    from contracts
    inner join service_levels on contracts.document_key = service_levels.document_key
    left join objects
        on
            service_levels.document_key = objects.document_key
            and split_part(service_levels.element, '.', 1) = objects.object_name

)

select * from final
