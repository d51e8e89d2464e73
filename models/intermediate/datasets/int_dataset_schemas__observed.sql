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
            order by case feed when 'dbt' then 0 else 1 end, count(*) desc, source_name, observer asc
        ) as observer_rank
    from placed
    group by 1, 2, 3, 4

),

final as (

    select
        cast(placed.dataset_key as uuid) as dataset_key,
        cast(placed.feed as text) as feed,
        cast(placed.source_name as text) as source_name,
        cast(placed.observer as text) as observer,
        cast(placed.seen_at as timestamp) as seen_at,
        -- Two schemas at one instant leave no order; the same one is taken whatever comes first.
        cast(min(placed.schema_md5) as text) as schema_md5
    from placed
    inner join observers
        on
            placed.dataset_key = observers.dataset_key
            and placed.feed = observers.feed
            and placed.source_name = observers.source_name
            and placed.observer = observers.observer
    where observers.observer_rank = 1
    group by 1, 2, 3, 4, 5

)

select * from final
