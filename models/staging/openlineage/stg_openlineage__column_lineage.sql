{%- set inputs = [{'namespace': 'text', 'name': 'text', 'field': 'text', 'transformations': [{'type': 'text'}]}] -%}

with

-- Most events have no such facet, and need not be parsed to know it.
source as (

    select * from {{ source('openlineage', 'events') }}
    where outputs like '%"columnLineage"%' or dataset like '%"columnLineage"%'

),

lists as (

    {{ unpivoted_lists(
        'source', ['_source_name', 'event_md5', 'event_time', '_loaded_at'],
        {'output': 'outputs', 'dataset': "'[' || dataset || ']'"},
    ) }}

),

parsed as (

    select
        *,
        {{ json_parse('list', [{
            'namespace': 'text', 'name': 'text', 'facets': {'columnLineage': {'fields': 'json', 'dataset': inputs}},
        }]) }} as datasets
    from lists
    where list like '%"columnLineage"%'

),

outputs as (

    select
        parsed.*,
        elements.element as output,
        {{ json_field('elements.element', ['facets', 'columnLineage', 'fields']) }} as output_fields,
        {{ json_field('elements.element', ['facets', 'columnLineage', 'dataset']) }} as dataset_inputs
    from parsed
    {{ json_list_elements('parsed.datasets', 'elements') }}

),

fields as (

    select
        outputs.*,
        field.entry_name as column_name,
        {{ json_parse('field.entry_value', {'inputFields': inputs}) }} as field
    from outputs
    {{ json_object_entries('outputs.output_fields', 'field') }}

),

of_columns as (

    select
        *,
        {{ json_field('field', ['inputFields']) }} as column_inputs
    from fields

),

-- What filters or joins concerns every column of the output.
unioned as (

    select
        of_columns._source_name,
        of_columns.event_md5,
        of_columns.event_time,
        of_columns._loaded_at,
        of_columns.output,
        of_columns.column_name,
        elements.element as input,
        false as is_of_dataset
    from of_columns
    {{ json_list_elements('of_columns.column_inputs', 'elements') }}
    union all
    select
        outputs._source_name,
        outputs.event_md5,
        outputs.event_time,
        outputs._loaded_at,
        outputs.output,
        cast(null as text) as column_name,
        elements.element as input,
        true as is_of_dataset
    from outputs
    {{ json_list_elements('outputs.dataset_inputs', 'elements') }}

),

final as (

    select
        cast(event_md5 as uuid) as event_key,
        cast(_source_name as text) as source_name,
        cast(event_time as timestamp) as event_at,
        cast({{ json_field_text('output', ['namespace']) }} as text) as dataset_namespace,
        cast({{ json_field_text('output', ['name']) }} as text) as dataset_name,
        cast(column_name as text) as column_name,
        cast({{ json_field_text('input', ['namespace']) }} as text) as input_namespace,
        cast({{ json_field_text('input', ['name']) }} as text) as input_name,
        cast({{ json_field_text('input', ['field']) }} as text) as input_column_name,
        cast(
            case
                when is_of_dataset then 'indirect'
                when {{ json_list_join('input', ['transformations'], ['type']) }} like '%INDIRECT%' then 'indirect'
                else 'direct'
            end as text
        ) as influence,
        cast(_loaded_at as timestamp) as loaded_at
    from unioned

)

select * from final
