with

schedules as (

    select * from {{ ref('int_airflow_schedules__dated') }}

),

occurrences as (

    select * from {{ ref('stg_plumbline__schedule_occurrences') }}

),

as_of as (

    select * from {{ ref('int_sources__as_of') }}

),

crons as (

    select
        schedules.source_name,
        schedules.dag_id,
        schedules.is_paused,
        occurrences.occurs_at as expected_at,
        occurrences.next_occurs_at as next_expected_at
    from schedules
    inner join as_of on schedules.source_name = as_of.source_name
    inner join occurrences
        on
            schedules.schedule_expression = occurrences.schedule_expression
            and schedules.time_zone = occurrences.time_zone
            and schedules.valid_from <= occurrences.occurs_at
            and schedules.valid_to > occurrences.occurs_at
            and schedules.begins_at <= occurrences.occurs_at
            and as_of.as_of_at >= occurrences.occurs_at
    where schedules.expectation = 'cron' and schedules.is_active

),

series as (

    select
        schedules.source_name,
        schedules.dag_id,
        schedules.is_paused,
        schedules.valid_from,
        schedules.valid_to,
        schedules.interval_seconds,
        {{ instants_between(
            'schedules.begins_at', 'as_of.as_of_at', "schedules.interval_seconds * interval '1 second'"
        ) }} as expected_at
    from schedules
    inner join as_of on schedules.source_name = as_of.source_name
    where schedules.expectation = 'interval' and schedules.is_active

),

intervals as (

    select
        source_name,
        dag_id,
        is_paused,
        expected_at,
        expected_at + interval_seconds * interval '1 second' as next_expected_at
    from series
    where expected_at >= valid_from and expected_at < valid_to

),

unioned as (

    select
        'airflow' as platform,
        source_name as platform_instance,
        dag_id as pipeline_name,
        *
    from crons
    union all
    select
        'airflow' as platform,
        source_name as platform_instance,
        dag_id as pipeline_name,
        *
    from intervals

),

final as (

    select
        {{ pipeline_key() }} as pipeline_key,
        cast(pipeline_name as text) as pipeline_name,
        cast(source_name as text) as source_name,
        cast(expected_at as timestamp) as expected_at,
        cast(next_expected_at as timestamp) as next_expected_at,
        cast(is_paused as boolean) as is_paused
    from unioned

)

select * from final
