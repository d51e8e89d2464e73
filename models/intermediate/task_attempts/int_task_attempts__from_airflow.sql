{{ config(materialized='table') }}

with recorded as (
    select * from {{ ref('int_airflow_tries__recorded') }}
),

recovered as (
    select * from {{ ref('int_airflow_tries__recovered') }}
),

jobs as (
    select * from {{ ref('stg_airflow__jobs') }}
    where job_type = 'LocalTaskJob'
),

all_tries as (
    select * from recorded
    union all
    select * from recovered
),

heard as (
    select
        all_tries.*,
        coalesce(all_tries.last_heartbeat_at, jobs.last_heartbeat_at) as heartbeat_at
    from all_tries
    left join jobs
        on
            all_tries.source_name = jobs.source_name
            and all_tries.job_id = jobs.job_id
),

final as (
    select
        cast('airflow' as text) as platform,
        cast(source_name as text) as platform_instance,
        cast(dag_id as text) as pipeline_name,
        cast(run_id as text) as run_id,
        cast(task_id as text) as task_name,
        cast(map_index as integer) as map_index,
        cast(try_number as integer) as try_number,
        cast(cast(map_index as text) || '.' || cast(try_number as text) as text) as attempt_id,
        cast(null as text) as openlineage_run_id,
        cast('airflow' as text) as feed,
        cast(source_name as text) as source_name,
        cast(operator as text) as operator,
        cast(queued_at as timestamp) as queued_at,
        cast(started_at as timestamp) as started_at,
        cast(ended_at as timestamp) as ended_at,
        cast(greatest(queued_at, started_at, heartbeat_at, ended_at) as timestamp) as last_seen_at,
        cast(heartbeat_at as timestamp) as last_heartbeat_at,
        cast(lower(state) as text) as reported_state,
        cast(
            case
                when state in (
                        'queued',
                        'running',
                        'success',
                        'failed',
                        'skipped',
                        'upstream_failed',
                        'up_for_retry',
                        'removed'
                    ) then state
                when state = 'scheduled' then 'queued'
                when state in ('deferred', 'up_for_reschedule', 'awaiting_input', 'restarting', 'shutdown')
                    then 'running'
                when state is null then 'none'
            end as text
        ) as state,
        cast(is_final_attempt as boolean) as is_final_attempt,
        cast(null as text) as error_message,
        cast(null as bigint) as rows_affected
    from heard
)

select * from final
