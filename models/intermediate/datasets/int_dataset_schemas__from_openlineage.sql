{{ config(materialized='incremental', unique_key='seen_on') }}

with

sightings as (
    select
        *,
        producer_name as observer,
        cast(event_at as date) as seen_on
    from {{ ref('stg_openlineage__event_datasets') }}
    where schema_md5 is not null
),

{% if is_incremental() -%}
    days as (
        select distinct cast(event_at as date) as seen_on
        from {{ ref('stg_openlineage__event_datasets') }}
        where schema_md5 is not null and loaded_at > {{ newest_load() }}
    ),
{%- endif %}

seen as (
    select * from sightings
    {%- if is_incremental() %}
        where {{ is_on_days('days') }}
    {%- endif %}
),

-- Before the end of a run its schemas are those that it found, so they do not count on the day of its end.
ends as (
    select
        source_name,
        run_id,
        dataset_namespace,
        dataset_name,
        seen_on
    from seen
    where is_terminal and run_id is not null
    group by 1, 2, 3, 4, 5
),

-- Two schemas at one instant leave no order; the same one is taken whatever comes first.
instants as (
    select
        seen.dataset_namespace,
        seen.dataset_name,
        seen.source_name,
        seen.observer,
        seen.role,
        seen.seen_on,
        seen.event_at as seen_at,
        min(seen.schema_md5) as schema_md5
    from seen
    left join ends
        on
            seen.source_name = ends.source_name and seen.run_id = ends.run_id
            and seen.dataset_namespace = ends.dataset_namespace and seen.dataset_name = ends.dataset_name
            and seen.seen_on = ends.seen_on
    where seen.is_terminal or ends.run_id is null
    group by 1, 2, 3, 4, 5, 6, 7
),

mixed as (
    select
        dataset_namespace,
        dataset_name,
        source_name,
        observer,
        role,
        seen_on
    from instants
    group by 1, 2, 3, 4, 5, 6
    having min(schema_md5) <> max(schema_md5)
),

-- Of a day with one schema the first sighting says all.
summed as (
    select
        instants.dataset_namespace,
        instants.dataset_name,
        instants.source_name,
        instants.observer,
        instants.role,
        instants.seen_on,
        case when mixed.seen_on is not null then instants.seen_at end as single_seen_at,
        min(instants.seen_at) as seen_at,
        count(*) as sighting_count,
        min(instants.schema_md5) as schema_md5
    from instants
    left join mixed
        on
            instants.dataset_namespace = mixed.dataset_namespace and instants.dataset_name = mixed.dataset_name
            and instants.source_name = mixed.source_name and instants.observer = mixed.observer
            and instants.role = mixed.role and instants.seen_on = mixed.seen_on
    group by 1, 2, 3, 4, 5, 6, 7
),

final as (
    select
        cast(dataset_namespace as text) as dataset_namespace,
        cast(dataset_name as text) as dataset_name,
        cast('openlineage' as text) as feed,
        cast(source_name as text) as source_name,
        cast(observer as text) as observer,
        cast(role as text) as role,
        cast(seen_on as date) as seen_on,
        cast(seen_at as timestamp) as seen_at,
        cast(sighting_count as bigint) as sighting_count,
        cast(schema_md5 as text) as schema_md5,
        {{ newest_load(ref('stg_openlineage__event_datasets')) }} as loaded_at
    from summed
)

select * from final
