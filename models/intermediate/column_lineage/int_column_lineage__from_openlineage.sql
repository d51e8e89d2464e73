{{ config(materialized='incremental', unique_key='column_lineage_key') }}

{%- set said = [
    'source_name', 'dataset_namespace', 'dataset_name', 'column_name', 'input_namespace', 'input_name',
    'input_column_name', 'influence',
] %}

with

column_lineage as (

    select * from {{ ref('stg_openlineage__column_lineage') }}
    {{ only_loaded_since('loaded_at') }}

),

newly_said as (

    select
        {{ said | join(', ') }},
        {{ surrogate_key(said) }} as column_lineage_key,
        min(event_at) as first_seen_at,
        max(event_at) as last_seen_at,
        max(loaded_at) as loaded_at
    from column_lineage
    group by {{ said | join(', ') }}

),

-- Events are never taken back, so that what was known of the first and the last stays true.
all_said as (

    {{ new_and_known('newly_said', 'column_lineage_key', said + [
        'column_lineage_key', 'first_seen_at', 'last_seen_at', 'loaded_at'
    ]) }}

),

final as (

    select
        cast(column_lineage_key as uuid) as column_lineage_key,
        {%- for column in said %}
            cast({{ column }} as text) as {{ column }},
        {%- endfor %}
        cast(min(first_seen_at) as timestamp) as first_seen_at,
        cast(max(last_seen_at) as timestamp) as last_seen_at,
        cast(max(loaded_at) as timestamp) as loaded_at
    from all_said
    group by {{ said | join(', ') }}, column_lineage_key

)

select * from final
