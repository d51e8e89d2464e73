{{ config(materialized='table') }}

with

expected as (

    select * from {{ ref('int_deliveries__expected') }}

),

service_levels as (

    select * from {{ ref('int_service_levels__resolved') }}
    where measure = 'deliveries' and is_measured

),

assets as (

    select * from {{ ref('int_registry_assets__matched') }}
    where subject_type = 'pipeline'

),

calendars as (

    select * from {{ ref('int_registry_calendars__dated') }}

),

-- Of several promises the one that is due first is the delivery's; the others are judged by the same instants.
promises as (

    select
        expected.pipeline_key,
        expected.expected_at,
        service_levels.service_level_key,
        service_levels.valid_from,
        service_levels.limit_seconds,
        row_number() over (
            partition by expected.pipeline_key, expected.expected_at
            order by service_levels.limit_seconds asc nulls last, service_levels.service_level_key asc
        ) as promise_rank
    from expected
    inner join service_levels
        on
            expected.pipeline_key = service_levels.pipeline_key
            and expected.expected_at >= service_levels.valid_from
            and expected.expected_at < service_levels.valid_to

),

excuses as (

    {{ calendar_excuses('expected', 'pipeline_key', ['pipeline_key', 'expected_at']) }}

),

final as (

    select
        cast(expected.pipeline_key as uuid) as pipeline_key,
        cast(expected.source_name as text) as source_name,
        cast(expected.expected_at as timestamp) as expected_at,
        cast(expected.next_expected_at as timestamp) as next_expected_at,
        cast(promises.service_level_key as uuid) as service_level_key,
        cast(promises.valid_from as timestamp) as service_level_valid_from,
        cast(
            coalesce(
                expected.expected_at + promises.limit_seconds * interval '1 second', expected.next_expected_at
            ) as timestamp
        ) as due_at,
        cast(excuses.calendar as text) as calendar,
        cast(coalesce(excuses.excuse, case when expected.is_paused then 'paused' end) as text) as excuse
    from expected
    left join promises
        on
            expected.pipeline_key = promises.pipeline_key
            and expected.expected_at = promises.expected_at
            and promises.promise_rank = 1
    left join excuses
        on
            expected.pipeline_key = excuses.pipeline_key
            and expected.expected_at = excuses.expected_at

)

select * from final
