{{ config(materialized='table') }}

{%- set metric = {'metricSource': 'json'} %}

with source as (

    select * from {{ source('openslo', 'objects') }}
    where kind in ('SLI', 'SLO')

),

objects as (

    select
        *,
        {{ json_parse('object', {'spec': 'json'}) }} as doc,
        {{ json_parse('object', {'spec': {'indicator': {'spec': 'json'}}}) }} as slo
    from source

),

indicators as (

    select
        *,
        case
            when kind = 'SLI' then {{ json_field('doc', ['spec']) }}
            else {{ json_field('slo', ['spec', 'indicator', 'spec']) }}
        end as indicator
    from objects

),

parsed as (

    select
        *,
        {{ json_parse('indicator', {
            'thresholdMetric': metric,
            'ratioMetric': {'good': metric, 'bad': metric, 'raw': metric},
        }) }} as metrics
    from indicators
    where indicator is not null

),

-- What makes an event good says more than what counts all of them.
measured as (

    select
        *,
        {{ json_parse(
            'coalesce('
            ~ json_field('metrics', ['thresholdMetric', 'metricSource']) ~ ', '
            ~ json_field('metrics', ['ratioMetric', 'good', 'metricSource']) ~ ', '
            ~ json_field('metrics', ['ratioMetric', 'bad', 'metricSource']) ~ ', '
            ~ json_field('metrics', ['ratioMetric', 'raw', 'metricSource']) ~ ')',
            {
                'type': 'text',
                'spec': {
                    'measure': 'text',
                    'platform': 'text',
                    'platformInstance': 'text',
                    'pipeline': 'text',
                    'dataset': {'namespace': 'text', 'name': 'text'},
                    'dueWithin': 'text',
                },
            }
        ) }} as metric_source
    from parsed

),

final as (

    select
        cast(_source_name as text) as source_name,
        cast(_source_file as text) as source_file,
        cast(_load_id as text) as load_id,
        cast(object_number as bigint) as object_number,
        cast(kind as text) as kind,
        cast(object_name as text) as object_name,
        cast({{ json_field_text('metric_source', ['type']) }} as text) as metric_source_type,
        cast({{ json_field_text('metric_source', ['spec', 'measure']) }} as text) as measure,
        cast({{ json_field_text('metric_source', ['spec', 'platform']) }} as text) as platform,
        cast({{ json_field_text('metric_source', ['spec', 'platformInstance']) }} as text) as platform_instance,
        cast({{ json_field_text('metric_source', ['spec', 'pipeline']) }} as text) as pipeline_name,
        cast({{ json_field_text('metric_source', ['spec', 'dataset', 'namespace']) }} as text) as dataset_namespace,
        cast({{ json_field_text('metric_source', ['spec', 'dataset', 'name']) }} as text) as dataset_name,
        cast(
            {{ shorthand_seconds(json_field_text('metric_source', ['spec', 'dueWithin'])) }} as double precision
        ) as due_within_seconds,
        cast(_loaded_at as timestamp) as loaded_at
    from measured

)

select * from final
