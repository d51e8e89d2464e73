{{ config(materialized='incremental', unique_key='description_key') }}

{%- set said = [
    'source_name', 'dataset_namespace', 'dataset_name', 'owners', 'symlink_namespace', 'symlink_name'
] %}

with

event_datasets as (

    select
        {{ said | join(', ') }},
        event_at,
        loaded_at
    from {{ ref('stg_openlineage__event_datasets') }}
    {{ only_loaded_since('loaded_at') }}

),

newly_said as (

    select
        {{ said | join(', ') }},
        {{ surrogate_key(said) }} as description_key,
        min(event_at) as first_seen_at,
        max(event_at) as last_seen_at,
        max(loaded_at) as loaded_at
    from event_datasets
    group by {{ said | join(', ') }}

),

-- Events are never taken back, so that what was known of the first and the last stays true.
all_said as (

    {{ new_and_known('newly_said', 'description_key', said + [
        'description_key', 'first_seen_at', 'last_seen_at', 'loaded_at'
    ]) }}

),

final as (

    select
        cast(description_key as uuid) as description_key,
        {%- for column in said %}
            cast({{ column }} as text) as {{ column }},
        {%- endfor %}
        cast('openlineage' as text) as feed,
        cast(min(first_seen_at) as timestamp) as first_seen_at,
        cast(max(last_seen_at) as timestamp) as last_seen_at,
        cast(max(loaded_at) as timestamp) as loaded_at
    from all_said
    group by {{ said | join(', ') }}, description_key

)

select * from final
