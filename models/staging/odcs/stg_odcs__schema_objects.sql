{{ config(materialized='table') }}

with contracts as (

    select * from {{ ref('stg_odcs__contracts') }}

),

objects as (

    select
        contracts.document_key,
        object.element_index as object_index,
        object.element as schema_object
    from contracts
    {{ json_array_elements('contracts.schema_objects', 'object', {
        'name': 'text', 'physicalName': 'text', 'physicalType': 'text', 'logicalType': 'text', 'description': 'text',
        'businessName': 'text', 'properties': 'json', 'quality': 'json',
    }) }}

),

final as (

    select
        cast(document_key as uuid) as document_key,
        cast(object_index as integer) as object_index,
        cast({{ json_field_text('schema_object', ['name']) }} as text) as object_name,
        cast({{ json_field_text('schema_object', ['physicalName']) }} as text) as physical_name,
        cast({{ json_field_text('schema_object', ['physicalType']) }} as text) as physical_type,
        cast({{ json_field_text('schema_object', ['logicalType']) }} as text) as logical_type,
        cast({{ json_field_text('schema_object', ['businessName']) }} as text) as business_name,
        cast({{ json_field_text('schema_object', ['description']) }} as text) as description,
        cast({{ json_field('schema_object', ['properties']) }} as json) as properties,
        cast({{ json_field('schema_object', ['quality']) }} as json) as quality_rules
    from objects

)

select * from final
