{{ config(materialized='table') }}

{%- set of_properties = [
    ('column', 'true', "'present'", "'present'", 'null'),
    ('logical_type', 'logical_type is not null', 'logical_type', 'logical_types', 'null'),
    ('physical_type', 'physical_type is not null', 'physical_type', 'lower(physical_type)', 'null'),
    ('required', 'is_required', "'not null'", 'null', "'nullValues'"),
    ('unique', 'is_unique', "'unique'", 'null', "'duplicateValues'"),
] %}
{%- set columns = [
    'contract_version_key', 'object_index', 'object_name', 'clause_kind', 'clause_position', 'property_path',
    'column_name', 'clause_name', 'expectation', 'accepted_types', 'metric', 'severity',
    'service_level_name', 'description',
] %}

with

contracts as (

    select * from {{ ref('int_contracts__resolved') }}
    where document_key is not null

),

-- Before 3.1.0 the standard had no logical type for times: a date was either.
properties as (

    select
        contracts.contract_version_key,
        objects.object_name,
        properties.*,
        case
            when properties.logical_type = 'date' and contracts.api_version < 'v3.1' then 'date, timestamp, time'
            when properties.logical_type = 'number' then 'number, integer'
            else properties.logical_type
        end as logical_types,
        case when properties.depth = 1 then coalesce(properties.physical_name, properties.property_name) end
            as column_name
    from contracts
    inner join {{ ref('stg_odcs__schema_objects') }} as objects on contracts.document_key = objects.document_key
    inner join {{ ref('stg_odcs__properties') }} as properties
        on objects.document_key = properties.document_key and objects.object_index = properties.object_index

),

quality_rules as (

    select * from {{ ref('int_odcs_quality_rules__worded') }}

),

service_levels as (

    select * from {{ ref('int_odcs_service_levels__worded') }}

),

unioned as (

    {%- for kind, condition, expectation, accepted_types, metric in of_properties %}
        select
            contract_version_key,
            object_index,
            object_name,
            '{{ kind }}' as clause_kind,
            property_position as clause_position,
            property_path,
            column_name,
            cast(null as text) as clause_name,
            {{ expectation }} as expectation,
            {{ accepted_types }} as accepted_types,
            {{ metric }} as metric,
            cast(null as text) as severity,
            cast(null as text) as service_level_name,
            description
        from properties
        where {{ condition }}
        union all
    {%- endfor %}
    select
        contract_version_key,
        object_index,
        object_name,
        'primary_key' as clause_kind,
        'key' as clause_position,
        string_agg(property_path, ', ' order by primary_key_position nulls last, property_position) as property_path,
        case when count(*) = 1 then min(column_name) end as column_name,
        cast(null as text) as clause_name,
        'unique and not null' as expectation,
        cast(null as text) as accepted_types,
        cast(null as text) as metric,
        cast(null as text) as severity,
        cast(null as text) as service_level_name,
        cast(null as text) as description
    from properties
    where is_primary_key
    group by 1, 2, 3
    union all
    select {{ columns[:-1] | join(', ') }}, cast(null as text) as description from quality_rules
    union all
    select {{ columns[:-1] | join(', ') }}, cast(null as text) as description from service_levels

),

final as (

    select
        cast(contract_version_key as uuid) as contract_version_key,
        cast(object_index as integer) as object_index,
        {%- for column in columns[2:-1] %}
            cast({{ column }} as text) as {{ column }},
        {%- endfor %}
        cast(description as text) as description
    from unioned

)

select * from final
