{{ config(materialized='table') }}

with contracts as (

    select * from {{ ref('stg_odcs__contracts') }}

),

properties as (

    select
        contracts.document_key,
        contracts.service_level_default_element,
        property.element_index as service_level_index,
        property.element as service_level
    from contracts
    {{ json_array_elements('contracts.service_level_properties', 'property', {
        'property': 'text', 'value': 'text', 'valueExt': 'text', 'unit': 'text', 'element': 'text', 'driver': 'text',
        'description': 'text', 'scheduler': 'text', 'schedule': 'text',
    }) }}

),

final as (

    select
        cast(document_key as uuid) as document_key,
        cast(service_level_index as integer) as service_level_index,
        cast({{ json_field_text('service_level', ['property']) }} as text) as service_level_property,
        cast({{ json_field_text('service_level', ['value']) }} as text) as service_level_value,
        cast({{ json_field_text('service_level', ['valueExt']) }} as text) as service_level_value_extension,
        cast({{ json_field_text('service_level', ['unit']) }} as text) as unit,
        cast(coalesce(
            {{ json_field_text('service_level', ['element']) }}, service_level_default_element
        ) as text) as element,
        cast(lower({{ json_field_text('service_level', ['driver']) }}) as text) as driver,
        cast({{ json_field_text('service_level', ['description']) }} as text) as description,
        cast({{ json_field_text('service_level', ['scheduler']) }} as text) as scheduler,
        cast({{ json_field_text('service_level', ['schedule']) }} as text) as schedule
    from properties

)

select * from final
