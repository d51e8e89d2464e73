{{ config(materialized='table') }}

with

lineage_schemas as (

    select * from {{ ref('int_dataset_schemas__from_openlineage') }}

),

catalog_schemas as (

    select * from {{ ref('int_dataset_schemas__from_dbt') }}

),

datasets as (

    select * from {{ ref('int_datasets__resolved') }}

),

unioned as (

    select
        dataset_namespace,
        dataset_name,
        feed,
        source_name,
        observer,
        seen_at,
        schema_md5
    from lineage_schemas
    union all
    select
        dataset_namespace,
        dataset_name,
        feed,
        source_name,
        observer,
        seen_at,
        schema_md5
    from catalog_schemas

),

placed as (

    select distinct
        datasets.dataset_key,
        unioned.feed,
        unioned.source_name,
        unioned.observer,
        unioned.seen_at,
        unioned.schema_md5
    from unioned
    inner join datasets
        on
            unioned.dataset_namespace = datasets.dataset_namespace
            and unioned.dataset_name = datasets.dataset_name

),

-- Producers name types differently, so one observer speaks for a dataset: a catalog, which is whole, before
-- events, which may be partial, then the one that has seen it most often.
observers as (

    select
        dataset_key,
        feed,
        source_name,
        observer,
        row_number() over (
            partition by dataset_key
            order by case feed when 'dbt' then 0 else 1 end, count(*) desc, source_name, observer ASC
        ) as observer_rank
    from placed
    group by 1, 2, 3, 4

),

observed as (

    select
        placed.*,
        count(*) over (partition by placed.dataset_key, placed.schema_md5) as sighting_count,
        min(placed.seen_at) over (partition by placed.dataset_key) as dataset_first_seen_at
    from placed
    inner join observers
        on
            placed.dataset_key = observers.dataset_key
            and placed.feed = observers.feed
            and placed.source_name = observers.source_name
            and placed.observer = observers.observer
    where observers.observer_rank = 1

),

-- An event's schema counts once it was seen twice; a partial one comes and goes.
confirmed as (

    select
        *,
        lag(schema_md5) over (partition by dataset_key order by seen_at, schema_md5) as previous_schema_md5
    from observed
    where
        feed = 'dbt'
        or sighting_count >= 2
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
