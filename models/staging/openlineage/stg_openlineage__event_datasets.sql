{{ config(materialized='incremental', unique_key='event_key') }}

{%- set shape = openlineage_dataset_shape() -%}
{%- set lists = {'input': 'inputs', 'output': 'outputs', 'dataset': 'dataset'} -%}
{%- set counts = {'row_count': 'rowCount', 'byte_count': 'size', 'file_count': 'fileCount'} %}

with

events as not materialized (

    select * from {{ ref('stg_openlineage__events') }}
    {{ only_loaded_since('loaded_at') }}

),

{% for role, column in lists.items() %}
    {{ role }}_lists as (

        select
            event_key,
            source_name,
            run_id,
            event_at,
            event_type,
            is_terminal,
            producer_name,
            loaded_at,
            {{ json_parse(column, shape if role == 'dataset' else [shape]) }} as datasets
        from events
        where {{ column }} is not null

    ),
{% endfor %}
event_datasets as (
    {% for role in lists %}
        select
            {{ role }}_lists.event_key,
            {{ role }}_lists.source_name,
            {{ role }}_lists.run_id,
            {{ role }}_lists.event_at,
            {{ role }}_lists.event_type,
            {{ role }}_lists.is_terminal,
            {{ role }}_lists.producer_name,
            {{ role }}_lists.loaded_at,
            '{{ role }}' as role,
        {% if role == 'dataset' -%}
            1 as dataset_index,
            dataset_lists.datasets as dataset
        from dataset_lists
        {%- else -%}
            datasets.element_index as dataset_index,
            datasets.element as dataset
        from {{ role }}_lists
        {{ json_list_elements(role ~ '_lists.datasets', 'datasets') }}

        union all
        {%- endif %}
    {% endfor %}
),

unpacked as (

    select
        *,
        {{ json_field('dataset', ['facets', 'schema', 'fields']) }} as schema_fields,
        {{ json_list_first('dataset', ['facets', 'symlinks', 'identifiers'], 'type', 'TABLE') }} as symlink
    from event_datasets

),

final as (

    select
        event_key,
        source_name,
        run_id,
        event_at,
        event_type,
        is_terminal,
        producer_name,
        role,
        cast(dataset_index as integer) as dataset_index,
        {{ json_field_text('dataset', ['namespace']) }} as dataset_namespace,
        {{ json_field_text('dataset', ['name']) }} as dataset_name,
        {%- for name, field in counts.items() %}
        {{ to_bigint('coalesce(' ~ [
            json_field_text('dataset', ['outputFacets', 'outputStatistics', field]),
            json_field_text('dataset', ['inputFacets', 'inputStatistics', field]),
            json_field_text('dataset', ['inputFacets', 'dataQualityMetrics', 'bytes' if field == 'size' else field]),
        ] | join(', ') ~ ')') }} as {{ name }},
        {%- endfor %}
        upper({{ json_field_text('dataset', ['facets', 'lifecycleStateChange', 'lifecycleStateChange']) }})
            as lifecycle_state_change,
        {{ json_field_text('dataset', ['facets', 'version', 'datasetVersion']) }} as dataset_version,
        {{ json_rendered('schema_fields') }} as schema_fields,
        md5(lower(
            {{ json_list_join('schema_fields', [], ['name', 'type']) }}
        )) as schema_md5,
        {{ json_list_join('dataset', ['facets', 'ownership', 'owners'], ['name'], true) }} as owners,
        {{ json_field_text('symlink', ['namespace']) }} as symlink_namespace,
        {{ json_field_text('symlink', ['name']) }} as symlink_name,
        coalesce(
            {{ json_field('dataset', ['inputFacets', 'dataQualityAssertions', 'assertions']) }},
            {{ json_field('dataset', ['facets', 'dataQualityAssertions', 'assertions']) }}
        ) as assertions,
        coalesce(
            {{ json_field('dataset', ['inputFacets', 'greatExpectations_assertions', 'assertions']) }},
            {{ json_field('dataset', ['facets', 'greatExpectations_assertions', 'assertions']) }}
        ) as gx_assertions,
        loaded_at
    from unpacked

)

select * from final
