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

{% set columns -%}
    dataset_namespace, dataset_name, feed, source_name, observer, role, seen_at, sighting_count, schema_md5
{%- endset %}

unioned as (
    select {{ columns }} from lineage_schemas
    union all
    select {{ columns }} from catalog_schemas
),

placed as (
    select
        datasets.dataset_key,
        unioned.feed,
        unioned.source_name,
        unioned.observer,
        coalesce(unioned.role, '') as role,
        unioned.seen_at,
        unioned.sighting_count,
        unioned.schema_md5
    from unioned
    inner join datasets
        on unioned.dataset_namespace = datasets.dataset_namespace and unioned.dataset_name = datasets.dataset_name
),

observers as (
    select
        dataset_key,
        feed,
        source_name,
        observer,
        role,
        sum(sighting_count) as sighting_count,
        min(seen_at) as first_seen_at,
        min(schema_md5) as least_schema_md5,
        max(schema_md5) as greatest_schema_md5
    from placed
    group by 1, 2, 3, 4, 5
),

-- Producers name types differently, so one observer speaks for a dataset: a catalog, which is whole, before
-- events, which may be partial, of these who writes it before who reads some of it, then who saw it most often.
ranked as (
    select
        *,
        row_number() over (
            partition by dataset_key
            order by
                case when feed = 'dbt' then 0 when role <> 'input' then 1 else 2 end asc,
                sighting_count desc, source_name asc, observer asc, role asc
        ) as observer_rank
    from observers
),

-- Most schemas never change, and of those the first sighting says all.
observed as (
    select
        dataset_key,
        feed,
        source_name,
        observer,
        role,
        first_seen_at as seen_at,
        sighting_count,
        least_schema_md5 as schema_md5
    from ranked
    where observer_rank = 1 and least_schema_md5 = greatest_schema_md5
    union all
    select
        ranked.dataset_key,
        ranked.feed,
        ranked.source_name,
        ranked.observer,
        ranked.role,
        placed.seen_at,
        sum(placed.sighting_count) as sighting_count,
        -- Two schemas at one instant leave no order; the same one is taken whatever comes first.
        min(placed.schema_md5) as schema_md5
    from ranked
    inner join placed
        on
            ranked.dataset_key = placed.dataset_key and ranked.feed = placed.feed
            and ranked.source_name = placed.source_name and ranked.observer = placed.observer
            and ranked.role = placed.role
    where ranked.observer_rank = 1 and ranked.least_schema_md5 <> ranked.greatest_schema_md5
    group by 1, 2, 3, 4, 5, 6
),

final as (
    select
        cast(dataset_key as uuid) as dataset_key,
        cast(feed as text) as feed,
        cast(source_name as text) as source_name,
        cast(observer as text) as observer,
        cast(nullif(role, '') as text) as role,
        cast(seen_at as timestamp) as seen_at,
        cast(sighting_count as bigint) as sighting_count,
        cast(schema_md5 as text) as schema_md5
    from observed
)

select * from final
