with

task_attempts as (

    select * from {{ ref('int_task_attempts__resolved') }}
    where {{ is_touched() }}

),

openlineage_runs as (

    select * from {{ ref('int_openlineage_runs__identified') }}
    where {{ is_touched() }}

),

-- What OpenLineage names, it tells the run of.
untold as (

    select * from task_attempts
    where
        not exists (
            select 1 from openlineage_runs
            where openlineage_runs.pipeline_run_key = task_attempts.pipeline_run_key
        )

),

known_runs as (

    select
        platform,
        platform_instance,
        pipeline_name,
        run_id
    from {{ ref('int_pipeline_runs__from_airflow') }}
    union
    select
        platform,
        platform_instance,
        pipeline_name,
        run_id
    from {{ ref('int_pipeline_runs__from_dbt') }}

),

orphans as (

    select untold.*
    from untold
    left join known_runs
        on
            untold.platform = known_runs.platform
            and untold.platform_instance = known_runs.platform_instance
            and untold.pipeline_name = known_runs.pipeline_name
            and untold.run_id = known_runs.run_id
    where known_runs.run_id is null

),

final as (

    select
        cast(platform as text) as platform,
        cast(platform_instance as text) as platform_instance,
        cast(pipeline_name as text) as pipeline_name,
        cast(run_id as text) as run_id,
        cast(platform as text) as feed,
        cast(min(source_name) as text) as source_name,
        cast(null as text) as run_type,
        cast(null as timestamp) as logical_at,
        cast(null as timestamp) as data_interval_start_at,
        cast(null as timestamp) as data_interval_end_at,
        cast(null as timestamp) as scheduled_at,
        cast(min(queued_at) as timestamp) as queued_at,
        cast(min(started_at) as timestamp) as started_at,
        cast(
            case when count(*) filter (where ended_at is null) = 0 then max(ended_at) end as timestamp
        ) as ended_at,
        cast(max(coalesce(ended_at, last_seen_at, started_at)) as timestamp) as last_seen_at,
        cast(null as text) as reported_state,
        cast(
            case
                when bool_or(state in ('queued', 'running', 'up_for_retry') and is_final_attempt) then 'running'
                when bool_or(state in ('failed', 'upstream_failed') and is_final_attempt) then 'failed'
                when bool_or(state = 'success' and is_final_attempt) then 'success'
                when bool_or(state = 'skipped' and is_final_attempt) then 'skipped'
            end as text
        ) as state,
        cast(null as integer) as clear_number,
        cast(null as text) as error_message,
        cast(null as text) as parent_run_id_openlineage,
        cast(null as text) as processing_type
    from orphans
    group by platform, platform_instance, pipeline_name, run_id

)

select * from final
