{#- The time of an event belongs to its key, and lets older rows be passed over. -#}
{{ config(materialized='incremental', unique_key=['source_name', 'event_key', 'event_at']) }}

{%- set shape = openlineage_dataset_shape() -%}
{%- set counts = {'row_count': 'rowCount', 'byte_count': 'size', 'file_count': 'fileCount'} %}

with

-- Events are too wide to be held, so they are read as often as they are named.
source as not materialized (

    select * from {{ source('openlineage', 'events') }}
    {{ only_loaded_since('_loaded_at') }}

),

-- Producers are few, so their addresses are taken apart once each.
producers as (

    select
        producer,
        {{ producer_name('producer') }} as producer_name
    from source
    group by producer

),

lists as (

    {{ unpivoted_lists(
        'source',
        ['_source_name', 'event_md5', 'run_id', 'event_time', 'event_type', 'producer', '_loaded_at'],
        {'input': 'inputs', 'output': 'outputs', 'dataset': "'[' || dataset || ']'"},
    ) }}

),

parsed as (

    select
        *,
        {{ json_parse('list', [shape]) }} as datasets
    from lists
    where list is not null and list <> '[]'

),

event_datasets as (

    select
        parsed.*,
        elements.element_index as dataset_index,
        elements.element as entry
    from parsed
    {{ json_list_elements('parsed.datasets', 'elements') }}

),

unpacked as (

    select
        event_datasets.*,
        producers.producer_name,
        {{ json_field('entry', ['facets', 'schema', 'fields']) }} as schema_fields,
        {{ json_list_first('entry', ['facets', 'symlinks', 'identifiers'], 'type', 'TABLE') }} as symlink
    from event_datasets
    left join producers on event_datasets.producer = producers.producer

),

final as (

    select
        cast(event_md5 as uuid) as event_key,
        _source_name as source_name,
        run_id,
        event_time as event_at,
        event_type,
        coalesce(event_type in ('COMPLETE', 'FAIL', 'ABORT'), false) as is_terminal,
        producer_name,
        role,
        cast(dataset_index as integer) as dataset_index,
        {{ json_field_text('entry', ['namespace']) }} as dataset_namespace,
        {{ json_field_text('entry', ['name']) }} as dataset_name,
        {%- for name, field in counts.items() %}
        {{ to_bigint('coalesce(' ~ [
            json_field_text('entry', ['outputFacets', 'outputStatistics', field]),
            json_field_text('entry', ['inputFacets', 'inputStatistics', field]),
            json_field_text('entry', ['inputFacets', 'dataQualityMetrics', 'bytes' if field == 'size' else field]),
        ] | join(', ') ~ ')') }} as {{ name }},
        {%- endfor %}
        upper({{ json_field_text('entry', ['facets', 'lifecycleStateChange', 'lifecycleStateChange']) }})
            as lifecycle_state_change,
        {{ json_field_text('entry', ['facets', 'version', 'datasetVersion']) }} as dataset_version,
        {{ json_rendered('schema_fields') }} as schema_fields,
        md5(lower(
            {{ json_list_join('schema_fields', [], ['name', 'type']) }}
        )) as schema_md5,
        {{ json_list_join('entry', ['facets', 'ownership', 'owners'], ['name'], true) }} as owners,
        {{ json_field_text('symlink', ['namespace']) }} as symlink_namespace,
        {{ json_field_text('symlink', ['name']) }} as symlink_name,
        coalesce(
            {{ json_field('entry', ['inputFacets', 'dataQualityAssertions', 'assertions']) }},
            {{ json_field('entry', ['facets', 'dataQualityAssertions', 'assertions']) }}
        ) as assertions,
        coalesce(
            {{ json_field('entry', ['inputFacets', 'greatExpectations_assertions', 'assertions']) }},
            {{ json_field('entry', ['facets', 'greatExpectations_assertions', 'assertions']) }}
        ) as gx_assertions,
        _loaded_at as loaded_at
    from unpacked

)

select * from final
