{%- set metrics = {'rowCount': 'text', 'columnMetrics': 'json'} %}

with

-- Most events have no such facet, and need not be parsed to know it.
source as (

    select * from {{ source('openlineage', 'events') }}
    where
        inputs like '%"columnMetrics"%'
        or outputs like '%"columnMetrics"%'
        or dataset like '%"columnMetrics"%'

),

lists as (

    {{ unpivoted_lists(
        'source', ['_source_name', 'event_md5', 'event_time', '_loaded_at'],
        {'input': 'inputs', 'output': 'outputs', 'dataset': "'[' || dataset || ']'"},
    ) }}

),

parsed as (

    select
        *,
        {{ json_parse('list', [{
            'namespace': 'text', 'name': 'text', 'inputFacets': {'dataQualityMetrics': metrics},
            'facets': {'dataQualityMetrics': metrics},
        }]) }} as datasets
    from lists
    where list like '%"columnMetrics"%'

),

facets as (

    select
        parsed.*,
        elements.element as entry,
        coalesce(
            {{ json_field('elements.element', ['inputFacets', 'dataQualityMetrics', 'columnMetrics']) }},
            {{ json_field('elements.element', ['facets', 'dataQualityMetrics', 'columnMetrics']) }}
        ) as column_metrics
    from parsed
    {{ json_list_elements('parsed.datasets', 'elements') }}

),

metrics as (

    select
        facets.*,
        metric.entry_name as column_name,
        {{ json_parse('metric.entry_value', {'nullCount': 'text'}) }} as metric
    from facets
    {{ json_object_entries('facets.column_metrics', 'metric') }}

),

final as (

    select
        cast(event_md5 as uuid) as event_key,
        cast(_source_name as text) as source_name,
        cast(event_time as timestamp) as event_at,
        cast({{ json_field_text('entry', ['namespace']) }} as text) as dataset_namespace,
        cast({{ json_field_text('entry', ['name']) }} as text) as dataset_name,
        cast(column_name as text) as column_name,
        {{ to_bigint('coalesce('
            ~ json_field_text('entry', ['inputFacets', 'dataQualityMetrics', 'rowCount']) ~ ', '
            ~ json_field_text('entry', ['facets', 'dataQualityMetrics', 'rowCount'])
        ~ ')') }} as row_count,
        {{ to_bigint(json_field_text('metric', ['nullCount'])) }} as null_count,
        cast(_loaded_at as timestamp) as loaded_at
    from metrics

)

select * from final
