{#- The time of an event belongs to its key, and lets older rows be passed over. -#}
{{ config(materialized='incremental', unique_key=['source_name', 'event_key', 'event_at']) }}

{%- set parts = {
    'fields': json_field('entry', ['facets', 'schema', 'fields']),
    'symlink': json_list_first('entry', ['facets', 'symlinks', 'identifiers'], 'type', 'TABLE'),
} %}
{%- set columns = {
    'dataset_namespace': json_field_text('entry', ['namespace']),
    'dataset_name': json_field_text('entry', ['name']),
} %}
{%- for name, field in {'row_count': 'rowCount', 'byte_count': 'size', 'file_count': 'fileCount'}.items() %}
    {%- do columns.update({name: to_bigint('coalesce(' ~ [
        json_field_text('entry', ['outputFacets', 'outputStatistics', field]),
        json_field_text('entry', ['inputFacets', 'inputStatistics', field]),
        json_field_text('entry', ['inputFacets', 'dataQualityMetrics', 'bytes' if field == 'size' else field]),
    ] | join(', ') ~ ')')}) %}
{%- endfor %}
{%- do columns.update({
    'lifecycle_state_change': 'upper('
        ~ json_field_text('entry', ['facets', 'lifecycleStateChange', 'lifecycleStateChange']) ~ ')',
    'dataset_version': json_field_text('entry', ['facets', 'version', 'datasetVersion']),
    'schema_fields': json_rendered('fields'),
    'schema_md5': 'md5(lower(' ~ json_list_join('fields', [], ['name', 'type']) ~ '))',
    'owners': json_list_join('entry', ['facets', 'ownership', 'owners'], ['name'], true),
    'symlink_namespace': json_field_text('symlink', ['namespace']),
    'symlink_name': json_field_text('symlink', ['name']),
}) %}
{%- set assertions = {'assertions': 'dataQualityAssertions', 'gx_assertions': 'greatExpectations_assertions'} %}
{%- for name, facet in assertions.items() %}
    {%- do columns.update({name: 'coalesce('
        ~ json_field('entry', ['inputFacets', facet, 'assertions']) ~ ', '
        ~ json_field('entry', ['facets', facet, 'assertions'])
    ~ ')'}) %}
{%- endfor %}

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
        {{ json_parse('list', [openlineage_dataset_shape()]) }} as datasets
    from lists
    where list is not null and list <> '[]'

),

unpacked as (

    {{ json_list_unpacked('parsed', 'datasets', parts, columns) }}

),

final as (

    select
        cast(unpacked.event_md5 as uuid) as event_key,
        unpacked._source_name as source_name,
        unpacked.run_id,
        unpacked.event_time as event_at,
        unpacked.event_type,
        coalesce(unpacked.event_type in ('COMPLETE', 'FAIL', 'ABORT'), false) as is_terminal,
        producers.producer_name,
        unpacked.role,
        cast(unpacked.entry_index as integer) as dataset_index,
        {% for name in columns -%}
            unpacked.{{ name }},
        {% endfor -%}
        unpacked._loaded_at as loaded_at
    from unpacked
    left join producers on unpacked.producer = producers.producer

)

select * from final
