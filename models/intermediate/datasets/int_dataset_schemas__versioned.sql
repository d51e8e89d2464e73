{{ config(materialized='table') }}

{%- set observer = 'dataset_key, feed, source_name, observer, role' %}

with

observed as (

    select * from {{ ref('int_dataset_schemas__observed') }}

),

counted as (

    select
        *,
        sum(sighting_count) over (partition by dataset_key, schema_md5) as schema_sighting_count,
        min(seen_at) over (partition by dataset_key) as dataset_first_seen_at
    from observed

),

-- What events said once, they never said again: a partial schema that came and went.
repeated as (

    select
        *,
        lag(schema_md5) over (partition by dataset_key order by seen_at) as previous_md5
    from counted
    where
        feed = 'dbt'
        or schema_sighting_count >= 2
        or seen_at = dataset_first_seen_at

),

numbered as (

    select
        *,
        sum(case when previous_md5 = schema_md5 then 0 else 1 end)
            over (partition by dataset_key order by seen_at rows unbounded preceding) as stretch_number
    from repeated

),

-- A catalog is whole; a schema of events counts where it was seen twice with no other between.
stretches as (

    select
        {{ observer }},
        stretch_number,
        schema_md5,
        min(seen_at) as first_seen_at,
        max(seen_at) as last_seen_at,
        feed = 'dbt' or sum(sighting_count) >= 2 as is_confirmed,
        bool_or(feed = 'dbt' or sum(sighting_count) >= 2) over (partition by dataset_key) as is_any_confirmed
    from numbered
    group by {{ observer }}, stretch_number, schema_md5

),

confirmed as (

    select
        *,
        lag(schema_md5) over (partition by dataset_key order by stretch_number) as previous_md5
    from stretches
    where is_confirmed or (stretch_number = 1 and not is_any_confirmed)

),

placed as (

    select
        *,
        sum(case when previous_md5 = schema_md5 then 0 else 1 end)
            over (partition by dataset_key order by stretch_number rows unbounded preceding) as version_number
    from confirmed

),

versions as (

    select
        {{ observer }},
        version_number,
        schema_md5,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at,
        lag(schema_md5) over (partition by dataset_key order by version_number) as previous_schema_md5,
        lead(min(first_seen_at)) over (partition by dataset_key order by version_number) as next_seen_at
    from placed
    group by {{ observer }}, version_number, schema_md5

),

final as (

    select
        cast(dataset_key as uuid) as dataset_key,
        cast(version_number as integer) as version_number,
        cast(schema_md5 as text) as schema_md5,
        cast(previous_schema_md5 as text) as previous_schema_md5,
        cast(feed as text) as feed,
        cast(source_name as text) as source_name,
        cast(observer as text) as observer,
        cast(role as text) as role,
        cast(first_seen_at as timestamp) as first_seen_at,
        cast(last_seen_at as timestamp) as last_seen_at,
        cast(
            case when version_number = 1 then cast('1900-01-01' as timestamp) else first_seen_at end as timestamp
        ) as valid_from,
        cast(coalesce(next_seen_at, cast('9999-12-31' as timestamp)) as timestamp) as valid_to,
        next_seen_at is null as is_current
    from versions

)

select * from final
