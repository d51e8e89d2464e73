{{ config(materialized='table') }}

with

service_levels as (

    select
        *,
        coalesce(measure = 'ageSeconds', false) or coalesce(standard = 'odcs', false) as is_of_dataset
    from {{ ref('int_service_levels__versioned') }}

),

pipelines as (

    select * from {{ ref('int_pipelines__resolved') }}

),

datasets as (

    select * from {{ ref('int_datasets__resolved') }}

),

named_pipelines as (

    select
        service_levels.service_level_key,
        service_levels.version_number,
        count(*) as pipeline_count,
        min(cast(pipelines.pipeline_key as text)) as pipeline_key
    from service_levels
    inner join pipelines
        on
            service_levels.pipeline_name = pipelines.pipeline_name
            and coalesce(service_levels.platform, pipelines.platform) = pipelines.platform
            and coalesce(service_levels.platform_instance, pipelines.platform_instance) = pipelines.platform_instance
    group by 1, 2

),

judged as (

    select
        service_levels.*,
        case
            when named_pipelines.pipeline_count = 1 then cast(named_pipelines.pipeline_key as uuid)
        end as pipeline_key,
        datasets.dataset_key,
        case
            when service_levels.unmeasured_reason is not null then service_levels.unmeasured_reason
            when service_levels.metric_source_type is null then 'it has no indicator with a type of metric source'
            when service_levels.metric_source_type <> 'plumbline'
                then 'it is measured by ' || service_levels.metric_source_type
            when coalesce(service_levels.measure, '') not in ('deliveriesKept', 'ageSeconds')
                then 'its measure is none of deliveriesKept, ageSeconds'
            when service_levels.is_of_dataset and datasets.dataset_key is null
                then 'no dataset that is known is the one that it speaks of'
            when not service_levels.is_of_dataset and named_pipelines.pipeline_count is null
                then 'no pipeline is known by that name'
            when named_pipelines.pipeline_count > 1
                then 'several pipelines have that name: say platform and platformInstance'
            when service_levels.measure = 'deliveriesKept' and service_levels.budgeting_method <> 'Occurrences'
                then 'deliveries are counted: budgetingMethod has to be Occurrences'
            when service_levels.measure = 'ageSeconds' and service_levels.budgeting_method <> 'Timeslices'
                then 'ages are judged in slices of time: budgetingMethod has to be Timeslices'
            when service_levels.measure = 'ageSeconds' and service_levels.slice_seconds <> 3600
                then 'slices are of one hour: timeSliceWindow has to be 1h'
            when
                service_levels.measure = 'ageSeconds'
                and (service_levels.limit_seconds is null or coalesce(service_levels.operator, '') not in ('lte', 'lt'))
                then 'an age is to be at most a value: op has to be lte, with a value'
        end as reason
    from service_levels
    left join named_pipelines
        on
            service_levels.service_level_key = named_pipelines.service_level_key
            and service_levels.version_number = named_pipelines.version_number
    left join datasets
        on
            service_levels.dataset_namespace = datasets.dataset_namespace
            and service_levels.dataset_name = datasets.dataset_name

),

final as (

    select
        cast(service_level_key as uuid) as service_level_key,
        cast(standard as text) as standard,
        cast(source_name as text) as source_name,
        cast(service_level_name as text) as service_level_name,
        cast(display_name as text) as display_name,
        cast(description as text) as description,
        cast(service_name as text) as service_name,
        cast(case measure when 'deliveriesKept' then 'deliveries' when 'ageSeconds' then 'age' end as text) as measure,
        cast(coalesce(pipeline_key, {{ unknown_key() }}) as uuid) as pipeline_key,
        cast(coalesce(dataset_key, {{ unknown_key() }}) as uuid) as dataset_key,
        cast(budgeting_method as text) as budgeting_method,
        cast(target as double precision) as target,
        cast(limit_seconds as double precision) as limit_seconds,
        cast(slice_seconds as double precision) as slice_seconds,
        cast(time_slice_target as double precision) as time_slice_target,
        cast(is_rolling as boolean) as is_rolling,
        cast(window_days as integer) as window_days,
        cast(window_months as integer) as window_months,
        cast(window_starts_on as date) as window_starts_on,
        cast(reason is null as boolean) as is_measured,
        cast(reason as text) as unmeasured_reason,
        cast(valid_from as timestamp) as valid_from,
        cast(valid_to as timestamp) as valid_to,
        cast(is_current as boolean) as is_current
    from judged

)

select * from final
