with

contracts as (

    select * from {{ ref('int_contracts__resolved') }}
    where document_key is not null

),

service_levels as (

    select * from {{ ref('int_odcs_service_levels__named') }}

),

final as (

    select
        cast(contracts.contract_version_key as uuid) as contract_version_key,
        cast(service_levels.object_index as integer) as object_index,
        cast(service_levels.object_name as text) as object_name,
        cast('service_level' as text) as clause_kind,
        cast(
            concat_ws(
                '.',
                cast(service_levels.service_level_index as text),
                case when service_levels.object_index is null then service_levels.object_name end
            ) as text
        ) as clause_position,
        cast(service_levels.element as text) as property_path,
        cast(null as text) as column_name,
        cast(service_levels.service_level_property as text) as clause_name,
        cast(
            concat_ws(
                ' ',
                service_levels.service_level_value, service_levels.service_level_value_extension, service_levels.unit,
                service_levels.schedule
            ) as text
        ) as expectation,
        cast(null as text) as accepted_types,
        cast(null as text) as metric,
        cast(null as text) as severity,
        cast(service_levels.service_level_name as text) as service_level_name
    from contracts
    inner join service_levels on contracts.document_key = service_levels.document_key

)

select * from final
