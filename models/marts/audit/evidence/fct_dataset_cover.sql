{{ config(materialized='table') }}

with
datasets as (
    select * from {{ ref('fct_dataset_activity') }}
),

tiers as (
    select * from {{ ref('int_registry_assets__matched') }}
    where subject_type = 'dataset'
),

-- How many datasets others make from it, at whatever distance. What a pipeline makes of its own, as a dbt project of
-- its models, is looked at where it comes in and goes out.
downstream as (
    select
        lineage.upstream_dataset_key as dataset_key,
        count(distinct lineage.downstream_dataset_key) - count(distinct makers.dataset_key) as downstream_count
    from {{ ref('bridge_lineage') }} as lineage
    left join {{ ref('bridge_dataset_writers') }} as writers on lineage.upstream_dataset_key = writers.dataset_key
    left join {{ ref('bridge_dataset_writers') }} as makers
        on lineage.downstream_dataset_key = makers.dataset_key and writers.pipeline_key = makers.pipeline_key
    where lineage.upstream_dataset_key <> lineage.downstream_dataset_key
    group by 1
),

exposed as (
    select
        dataset_key,
        count(*) as exposure_count
    from {{ ref('bridge_exposure_datasets') }}
    group by 1
),

checks as (
    select
        checks.dataset_key,
        max(activity.last_executed_at) filter (where checks.check_type <> 'source freshness') as last_checked_at
    from {{ ref('dim_checks') }} as checks
    inner join {{ ref('fct_check_activity') }} as activity on checks.check_key = activity.check_key
    where checks.is_enabled and checks.check_type <> 'unit test' and not checks.is_unknown
    group by 1
),

-- A check of what is made of it directly would notice as well.
next_checks as (
    select
        lineage.upstream_dataset_key as dataset_key,
        max(checks.last_checked_at) as last_checked_at
    from {{ ref('bridge_lineage') }} as lineage
    inner join checks on lineage.downstream_dataset_key = checks.dataset_key
    where lineage.depth = 1
    group by 1
),

promises as (
    select
        dataset_key,
        count(*) as promise_count
    from {{ ref('dim_service_levels_current') }}
    where
        valid_to = cast('9999-12-31' as timestamp) and not is_unknown and is_retired is not true
        and (measure in ('age', 'deliveries') or not is_measured)
    group by 1
),

-- A promise of when a pipeline delivers is one of what it writes.
writer_promises as (
    select
        writers.dataset_key,
        count(*) as promise_count
    from {{ ref('bridge_dataset_writers') }} as writers
    inner join {{ ref('dim_service_levels_current') }} as service_levels
        on writers.pipeline_key = service_levels.pipeline_key
    where
        writers.is_active and service_levels.measure = 'deliveries' and not service_levels.is_unknown
        and service_levels.valid_to = cast('9999-12-31' as timestamp) and service_levels.is_retired is not true
    group by 1
),

ranked as (
    select
        datasets.*,
        tiers.tier,
        coalesce(downstream.downstream_count, 0) as downstream_count,
        -- Of datasets on which as much hangs none is above another.
        cume_dist() over (order by coalesce(downstream.downstream_count, 0) desc) as downstream_rank,
        coalesce(exposed.exposure_count, 0) as exposure_count,
        checks.last_checked_at,
        next_checks.last_checked_at as downstream_last_checked_at,
        coalesce(promises.promise_count, 0) + coalesce(writer_promises.promise_count, 0) as promise_count
    from datasets
    left join tiers on datasets.dataset_key = tiers.subject_key
    left join downstream on datasets.dataset_key = downstream.dataset_key
    left join exposed on datasets.dataset_key = exposed.dataset_key
    left join checks on datasets.dataset_key = checks.dataset_key
    left join next_checks on datasets.dataset_key = next_checks.dataset_key
    left join promises on datasets.dataset_key = promises.dataset_key
    left join writer_promises on datasets.dataset_key = writer_promises.dataset_key
),

final as (
    select
        cast(dataset_key as uuid) as dataset_key,
        cast(tier as integer) as tier,
        cast(downstream_count as bigint) as downstream_count,
        cast(downstream_rank as double precision) as downstream_rank,
        cast(exposure_count as bigint) as exposure_count,
        cast(last_checked_at as timestamp) as last_checked_at,
        cast(downstream_last_checked_at as timestamp) as downstream_last_checked_at,
        cast(promise_count as bigint) as promise_count
    from ranked
)

select * from final
