with

service_levels as (

    select
        resolved.service_level_key,
        resolved.source_name,
        resolved.dataset_key,
        resolved.valid_from,
        resolved.valid_to,
        versions.schedule_expression,
        versions.due_expression,
        versions.time_zone,
        versions.interval_seconds,
        versions.interval_months
    from {{ ref('int_service_levels__resolved') }} as resolved
    inner join {{ ref('int_service_levels__versioned') }} as versions
        on
            resolved.service_level_key = versions.service_level_key
            and resolved.valid_from = versions.valid_from
    where resolved.measure = 'deliveries' and resolved.is_measured and resolved.dataset_key <> {{ unknown_key() }}

),

-- Before its first write that is known, nobody knows of its writes.
spans as (

    select
        dataset_key,
        min(first_updated_at) as first_updated_at,
        max(as_of_at) as as_of_at
    from {{ ref('int_dataset_days__updated') }}
    group by 1

),

final as (

    select
        cast(service_levels.service_level_key as uuid) as service_level_key,
        cast(service_levels.source_name as text) as source_name,
        cast(service_levels.dataset_key as uuid) as dataset_key,
        cast(service_levels.valid_from as timestamp) as valid_from,
        cast(service_levels.valid_to as timestamp) as valid_to,
        cast(service_levels.schedule_expression as text) as schedule_expression,
        cast(service_levels.due_expression as text) as due_expression,
        cast(service_levels.time_zone as text) as time_zone,
        cast(service_levels.interval_seconds as double precision) as interval_seconds,
        cast(service_levels.interval_months as integer) as interval_months,
        cast(greatest(service_levels.valid_from, spans.first_updated_at) as timestamp) as begins_at,
        cast(spans.as_of_at as timestamp) as as_of_at
    from service_levels
    inner join spans on service_levels.dataset_key = spans.dataset_key

)

select * from final
