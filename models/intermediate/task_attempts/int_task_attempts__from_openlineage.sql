with

identified as (

    select * from {{ ref('int_openlineage_runs__identified') }}
    where is_task_attempt and {{ is_touched() }}

),

merged as (

    select * from {{ ref('int_openlineage_runs__merged') }}

),

-- A producer that does not name the try of a run repeats an attempt under another id; the last one stays.
ranked as (

    select
        *,
        row_number() over (
            partition by source_name, pipeline_run_key, task_name, attempt_id
            order by openlineage_run_id desc
        ) as recency
    from identified

),

final as (

    select
        cast(ranked.platform as text) as platform,
        cast(ranked.platform_instance as text) as platform_instance,
        cast(ranked.pipeline_name as text) as pipeline_name,
        cast(ranked.run_id as text) as run_id,
        cast(ranked.task_name as text) as task_name,
        cast(ranked.map_index as integer) as map_index,
        cast(ranked.try_number as integer) as try_number,
        cast(ranked.attempt_id as text) as attempt_id,
        cast(ranked.openlineage_run_id as text) as openlineage_run_id,
        cast('openlineage' as text) as feed,
        cast(ranked.source_name as text) as source_name,
        cast(coalesce(merged.airflow_operator, lower(merged.job_type)) as text) as operator,
        cast(null as timestamp) as queued_at,
        cast(merged.started_at as timestamp) as started_at,
        cast(merged.ended_at as timestamp) as ended_at,
        cast(merged.last_seen_at as timestamp) as last_seen_at,
        cast(null as timestamp) as last_heartbeat_at,
        cast(merged.reported_state as text) as reported_state,
        cast(merged.state as text) as state,
        cast(null as boolean) as is_final_attempt,
        cast(merged.error_message as text) as error_message,
        cast(null as bigint) as rows_affected
    from ranked
    inner join merged
        on ranked.source_name = merged.source_name and ranked.openlineage_run_id = merged.run_id
    where ranked.recency = 1

)

select * from final
