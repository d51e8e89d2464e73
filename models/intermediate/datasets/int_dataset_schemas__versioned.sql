{{ config(materialized='table') }}

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

-- An event's schema counts once it was seen twice; a partial one comes and goes.
confirmed as (

    select
        *,
        lag(schema_md5) over (partition by dataset_key order by seen_at, schema_md5) as previous_schema_md5
    from counted
    where
        feed = 'dbt'
        or schema_sighting_count >= 2
        or seen_at = dataset_first_seen_at

),

changes as (

    select
        *,
        row_number() over (partition by dataset_key order by seen_at, schema_md5) as version_number,
        lead(seen_at) over (partition by dataset_key order by seen_at, schema_md5) as next_seen_at
    from confirmed
    where
        previous_schema_md5 is null
        or previous_schema_md5 <> schema_md5

),

final as (

    select
        cast(dataset_key as uuid) as dataset_key,
        cast(version_number as integer) as version_number,
        cast(schema_md5 as text) as schema_md5,
        cast(previous_schema_md5 as text) as previous_schema_md5,
        cast(source_name as text) as source_name,
        cast(observer as text) as observer,
        cast(seen_at as timestamp) as first_seen_at,
        cast(
            case when version_number = 1 then cast('1900-01-01' as timestamp) else seen_at end as timestamp
        ) as valid_from,
        cast(coalesce(next_seen_at, cast('9999-12-31' as timestamp)) as timestamp) as valid_to,
        next_seen_at is null as is_current
    from changes

)

select * from final
