with

contracts as (

    select * from {{ ref('int_contracts__resolved') }}
    where document_key is not null and is_binding

),

service_levels as (

    select
        *,
        {{ duration_seconds('service_level_value', 'unit') }} as limit_seconds
    from {{ ref('int_odcs_service_levels__named') }}

),

placed as (

    select * from {{ ref('int_contract_objects__placed') }}

),

scheduled as (

    select * from {{ ref('int_odcs_service_levels__scheduled') }}

),

joined as (

    select
        contracts.source_name,
        contracts.contract_name,
        contracts.data_product_name,
        contracts.valid_from,
        contracts.valid_to,
        service_levels.*,
        placed.dataset_namespace,
        placed.dataset_name,
        scheduled.schedule_expression,
        scheduled.due_expression,
        scheduled.time_zone,
        scheduled.interval_seconds,
        scheduled.interval_months,
        scheduled.unmeasured_reason,
        case
            when service_levels.service_level_property in ('latency', 'freshness') then 'ageSeconds'
            when service_levels.service_level_property in ('frequency', 'timeOfAvailability') then 'deliveriesKept'
        end as measure
    from contracts
    inner join service_levels on contracts.document_key = service_levels.document_key
    left join placed
        on
            service_levels.document_key = placed.document_key
            and service_levels.object_index = placed.object_index
    left join scheduled
        on
            service_levels.document_key = scheduled.document_key
            and service_levels.service_level_name = scheduled.service_level_name

),

final as (

    select
        cast('odcs' as text) as standard,
        cast(source_name as text) as source_name,
        cast(service_level_name as text) as service_level_name,
        cast(service_level_property || ' of ' || coalesce(object_name, contract_name) as text) as display_name,
        cast(description as text) as description,
        cast(data_product_name as text) as service_name,
        cast('plumbline' as text) as metric_source_type,
        cast(measure as text) as measure,
        cast(
            case
                when measure is null then 'plumbline does not measure its property, ' || service_level_property
                when measure = 'deliveriesKept' then unmeasured_reason
                when service_level_value_extension <> service_level_value then 'it promises a range'
                -- What is said in milliseconds is the time that an answer takes, and no age.
                when coalesce(limit_seconds, 0) not between 60 and 3153600000
                    then 'its value and unit are no length of time from a minute on'
            end as text
        ) as unmeasured_reason,
        cast(null as text) as platform,
        cast(null as text) as platform_instance,
        cast(null as text) as pipeline_name,
        cast(dataset_namespace as text) as dataset_namespace,
        cast(dataset_name as text) as dataset_name,
        cast(schedule_expression as text) as schedule_expression,
        cast(due_expression as text) as due_expression,
        cast(time_zone as text) as time_zone,
        cast(interval_seconds as double precision) as interval_seconds,
        cast(interval_months as integer) as interval_months,
        cast(case measure when 'ageSeconds' then 'Timeslices' else 'Occurrences' end as text) as budgeting_method,
        cast('lte' as text) as operator,
        -- A contract says nothing of how often it may be broken.
        cast(null as double precision) as target,
        cast(case when measure = 'ageSeconds' then limit_seconds end as double precision) as limit_seconds,
        cast(case when measure = 'ageSeconds' then 3600 end as double precision) as slice_seconds,
        cast(case when measure = 'ageSeconds' then 1 end as double precision) as time_slice_target,
        cast(true as boolean) as is_rolling,
        cast(28 as integer) as window_days,
        cast(null as integer) as window_months,
        cast(null as date) as window_starts_on,
        cast(valid_from as timestamp) as valid_from,
        cast(valid_to as timestamp) as valid_to
    from joined

)

select * from final
