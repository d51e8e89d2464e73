{{ config(materialized='table') }}

with

pipeline_runs as (

    select
        *,
        coalesce(data_interval_end_at, scheduled_at) as covers_until
    from {{ ref('int_pipeline_runs__resolved') }}
    where platform = 'airflow'

),

schedules as (

    select * from {{ ref('int_airflow_schedules__dated') }}
    where expectation in ('cron', 'interval')

),

-- The runs of an interval drift from its instants, and are of the nearest.
placed as (

    select
        pipeline_runs.pipeline_run_key,
        pipeline_runs.pipeline_key,
        case
            when schedules.expectation = 'cron' then date_trunc('second', pipeline_runs.covers_until)
            else
                schedules.begins_at
                + floor(
                    {{ seconds_between('schedules.begins_at', 'pipeline_runs.covers_until') }}
                    / schedules.interval_seconds + 0.5
                ) * schedules.interval_seconds * interval '1 second'
        end as expected_at
    from pipeline_runs
    inner join schedules
        on
            pipeline_runs.platform_instance = schedules.source_name
            and pipeline_runs.pipeline_name = schedules.dag_id
            and pipeline_runs.covers_until >= schedules.valid_from
            and pipeline_runs.covers_until < schedules.valid_to

),

final as (

    select
        cast(pipeline_run_key as uuid) as pipeline_run_key,
        cast(pipeline_key as uuid) as pipeline_key,
        cast(expected_at as timestamp) as expected_at
    from placed

)

select * from final
