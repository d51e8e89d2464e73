{{ config(materialized='table') }}

with

expected as (

    select * from {{ ref('int_dataset_deliveries__expected') }}

),

arrivals as (

    select * from {{ ref('int_dataset_deliveries__arrived') }}

),

assets as (

    select * from {{ ref('int_registry_assets__matched') }}
    where subject_type = 'dataset'

),

calendars as (

    select * from {{ ref('int_registry_calendars__dated') }}

),

excuses as (

    {{ calendar_excuses('expected', 'dataset_key', ['service_level_key', 'expected_at']) }}

),

-- A write keeps the delivery of its own period and no other.
joined as (

    select
        expected.*,
        excuses.calendar,
        excuses.excuse,
        case when arrivals.available_at < expected.next_expected_at then arrivals.available_at end as available_at
    from expected
    left join arrivals
        on
            expected.service_level_key = arrivals.service_level_key
            and expected.expected_at = arrivals.expected_at
    left join excuses
        on
            expected.service_level_key = excuses.service_level_key
            and expected.expected_at = excuses.expected_at

),

final as (

    select
        {{ unknown_key() }} as pipeline_key,
        cast(source_name as text) as source_name,
        cast(expected_at as timestamp) as expected_at,
        cast(next_expected_at as timestamp) as next_expected_at,
        cast(service_level_key as uuid) as service_level_key,
        cast(service_level_valid_from as timestamp) as service_level_valid_from,
        cast(due_at as timestamp) as due_at,
        cast(calendar as text) as calendar,
        cast(excuse as text) as excuse,
        cast(dataset_key as uuid) as dataset_key,
        cast(null as text) as run_id,
        cast(available_at as timestamp) as available_at,
        cast(
            case
                when available_at <= due_at then 'kept'
                when excuse is not null then 'excused'
                when available_at > due_at then 'late'
                when as_of_at < due_at then 'pending'
                else 'missed'
            end as text
        ) as state
    from joined

)

select * from final
