{{ config(materialized='table') }}

with

dag_versions as (

    select * from {{ ref('int_airflow_dags__versioned') }}

),

serialized_dags as (

    select
        source_name,
        dag_id,
        min(serialized_at) as first_serialized_at,
        min(start_at) as start_at
    from {{ ref('stg_airflow__serialized_dags') }}
    group by 1, 2

),

first_runs as (

    select
        source_name,
        dag_id,
        min(coalesce(data_interval_end_at, scheduled_at)) as first_due_at
    from {{ ref('stg_airflow__dag_runs') }}
    where lower(run_type) = 'scheduled'
    group by 1, 2

),

schedules as (

    select * from {{ ref('stg_plumbline__schedules') }}

),

-- The first run that is known says best when the schedule began; without any run it began when the DAG was there.
begun as (

    select
        dag_versions.*,
        coalesce(
            first_runs.first_due_at, greatest(serialized_dags.start_at, serialized_dags.first_serialized_at)
        ) as begins_at,
        schedules.schedule_expression is not null as is_expanded,
        schedules.problem,
        {{ to_number("replace(replace(dag_versions.schedule_expression, 'PT', ''), 'S', '')") }} as interval_seconds
    from dag_versions
    left join serialized_dags
        on
            dag_versions.source_name = serialized_dags.source_name
            and dag_versions.dag_id = serialized_dags.dag_id
    left join first_runs
        on
            dag_versions.source_name = first_runs.source_name
            and dag_versions.dag_id = first_runs.dag_id
    left join schedules
        on
            dag_versions.schedule_kind = 'cron'
            and dag_versions.schedule_expression = schedules.schedule_expression
            and dag_versions.timezone = schedules.time_zone

),

judged as (

    select
        *,
        case
            when
                schedule_kind = 'custom'
                and (
                    schedule_expression in ('@once', '@continuous')
                    or schedule_expression like '%.OnceTimetable'
                    or schedule_expression like '%.ContinuousTimetable'
                ) then 'none'
            when schedule_kind in ('none', 'dataset') then 'none'
            when begins_at is null then 'cannot_tell'
            when schedule_kind = 'interval' and interval_seconds > 0 then 'interval'
            when schedule_kind = 'cron' and is_expanded and problem is null then 'cron'
            else 'cannot_tell'
        end as expectation
    from begun

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(dag_id as text) as dag_id,
        cast(valid_from as timestamp) as valid_from,
        cast(valid_to as timestamp) as valid_to,
        cast(is_paused as boolean) as is_paused,
        cast(is_active as boolean) as is_active,
        cast(expectation as text) as expectation,
        cast(
            case
                when expectation <> 'cannot_tell' then null
                when begins_at is null then 'it was neither run nor serialized'
                when problem is not null then problem
                when schedule_kind = 'cron' then 'its schedule is not expanded'
                else 'its timetable is not known: ' || coalesce(schedule_expression, schedule_kind, 'none')
            end as text
        ) as reason,
        cast(schedule_expression as text) as schedule_expression,
        cast(timezone as text) as time_zone,
        cast(case when expectation = 'interval' then interval_seconds end as double precision) as interval_seconds,
        cast(begins_at as timestamp) as begins_at
    from judged

)

select * from final
