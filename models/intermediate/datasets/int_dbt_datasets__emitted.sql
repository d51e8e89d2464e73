{{ config(materialized='incremental', unique_key='sighting_key') }}

{%- set sighted = [
    'source_name', 'invocation_id', 'project_name', 'unique_id', 'role', 'dataset_namespace', 'dataset_name'
] %}

with

events as (

    select
        event_key,
        source_name,
        dbt_invocation_id as invocation_id,
        dbt_project_name as project_name,
        dbt_unique_id as unique_id
    from {{ ref('stg_openlineage__events') }}
    {{ only_loaded_since('loaded_at') }}

),

event_datasets as (

    select
        source_name as told_by,
        event_key,
        role,
        dataset_namespace,
        dataset_name,
        event_at,
        loaded_at
    from {{ ref('stg_openlineage__event_datasets') }}
    {{ only_loaded_since('loaded_at') }}

),

newly_sighted as (

    select
        {{ sighted | join(', ') }},
        {{ surrogate_key(sighted) }} as sighting_key,
        max(event_datasets.event_at) as last_seen_at,
        max(event_datasets.loaded_at) as loaded_at
    from events
    inner join event_datasets
        on events.source_name = event_datasets.told_by and events.event_key = event_datasets.event_key
    where events.invocation_id is not null or events.project_name is not null
    group by {{ sighted | join(', ') }}

),

-- Events are never taken back, so that what was known stays true. They may come twice, so that counts would not.
all_sighted as (

    {{ new_and_known('newly_sighted', 'sighting_key', sighted + [
        'sighting_key', 'last_seen_at', 'loaded_at'
    ]) }}

),

final as (

    select
        cast(sighting_key as uuid) as sighting_key,
        {%- for column in sighted %}
            cast({{ column }} as text) as {{ column }},
        {%- endfor %}
        cast(max(last_seen_at) as timestamp) as last_seen_at,
        cast(max(loaded_at) as timestamp) as loaded_at
    from all_sighted
    group by {{ sighted | join(', ') }}, sighting_key

)

select * from final
