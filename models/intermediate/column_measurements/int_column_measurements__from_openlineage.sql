{{ config(materialized='incremental', unique_key='column_measurement_key') }}

{%- set told = ['source_name', 'dataset_namespace', 'dataset_name', 'column_name', 'event_at'] %}

with

-- Stores fold the letter case of columns.
column_metrics as (

    select
        source_name,
        dataset_namespace,
        dataset_name,
        lower(column_name) as column_name,
        event_at,
        row_count,
        null_count,
        loaded_at
    from {{ ref('stg_openlineage__column_metrics') }}
    {{ only_loaded_since('loaded_at') }}

),

final as (

    select
        {{ surrogate_key(told) }} as column_measurement_key,
        cast(source_name as text) as source_name,
        cast(dataset_namespace as text) as dataset_namespace,
        cast(dataset_name as text) as dataset_name,
        cast(column_name as text) as column_name,
        cast(event_at as timestamp) as event_at,
        cast(max(row_count) as bigint) as row_count,
        cast(max(null_count) as bigint) as null_count,
        cast(max(loaded_at) as timestamp) as loaded_at
    from column_metrics
    where row_count > 0 and null_count between 0 and row_count
    group by {{ told | join(', ') }}

)

select * from final
