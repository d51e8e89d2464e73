{{ config(materialized='table') }}

{%- set shape = {
    'name': 'text', 'physicalName': 'text', 'logicalType': 'text', 'physicalType': 'text', 'required': 'text',
    'unique': 'text', 'primaryKey': 'text', 'primaryKeyPosition': 'text', 'classification': 'text',
    'criticalDataElement': 'text', 'businessName': 'text', 'description': 'text', 'quality': 'json',
    'properties': 'json', 'items': 'json',
} %}

with recursive objects as (

    select * from {{ ref('stg_odcs__schema_objects') }}

),

branches as (

    select 'properties' as branch
    union all
    select 'items' as branch

),

properties as (

    select
        objects.document_key,
        objects.object_index,
        cast(property.element_index as text) as property_position,
        cast(1 as integer) as depth,
        cast(coalesce({{ json_field_text('property.element', ['name']) }}, '') as text) as property_path,
        property.element as property
    from objects
    {{ json_array_elements('objects.properties', 'property', shape) }}

    union all

    -- What an array holds is a property too, written [] in the path, and 0 in the position.
    select
        properties.document_key,
        properties.object_index,
        properties.property_position || '.' || case
            when branches.branch = 'items' then '0' else cast(nested.element_index as text)
        end as property_position,
        properties.depth + 1 as depth,
        properties.property_path || case
            when branches.branch = 'items' then '[]'
            else '.' || coalesce({{ json_field_text('nested.element', ['name']) }}, '')
        end as property_path,
        nested.element as property
    from properties
    cross join branches
    {{ json_array_elements(
        "case when branches.branch = 'items' then '[' || cast(" ~ json_field('properties.property', ['items'])
        ~ " as text) || ']' else cast(" ~ json_field('properties.property', ['properties']) ~ " as text) end",
        'nested', shape
    ) }}

),

final as (

    select
        cast(document_key as uuid) as document_key,
        cast(object_index as integer) as object_index,
        cast(property_position as text) as property_position,
        cast(depth as integer) as depth,
        cast(property_path as text) as property_path,
        cast({{ json_field_text('property', ['name']) }} as text) as property_name,
        cast({{ json_field_text('property', ['physicalName']) }} as text) as physical_name,
        cast({{ json_field_text('property', ['logicalType']) }} as text) as logical_type,
        cast({{ json_field_text('property', ['physicalType']) }} as text) as physical_type,
        cast({{ json_field_text('property', ['required']) }} = 'true' as boolean) as is_required,
        cast({{ json_field_text('property', ['unique']) }} = 'true' as boolean) as is_unique,
        cast({{ json_field_text('property', ['primaryKey']) }} = 'true' as boolean) as is_primary_key,
        cast({{ to_bigint(json_field_text('property', ['primaryKeyPosition'])) }} as bigint) as primary_key_position,
        cast({{ json_field_text('property', ['classification']) }} as text) as classification,
        cast({{ json_field_text('property', ['criticalDataElement']) }} = 'true' as boolean)
            as is_critical_data_element,
        cast({{ json_field_text('property', ['businessName']) }} as text) as business_name,
        cast({{ json_field_text('property', ['description']) }} as text) as description,
        cast({{ json_field('property', ['quality']) }} as json) as quality_rules
    from properties

)

select * from final
