with dag_runs as (
    select * from {{ ref('stg_airflow__dag_runs') }}
),

attempts as (
    select
        source_name,
        pipeline_name,
        run_id,
        max(last_seen_at) as last_seen_at
    from {{ ref('int_task_attempts__from_airflow') }}
    group by source_name, pipeline_name, run_id
),

final as (
    select
        cast('airflow' as text) as platform,
        cast(dag_runs.source_name as text) as platform_instance,
        cast(dag_runs.dag_id as text) as pipeline_name,
        cast(dag_runs.run_id as text) as run_id,
        cast('airflow' as text) as feed,
        cast(dag_runs.source_name as text) as source_name,
        cast(
            case lower(dag_runs.run_type)
                when 'dataset_triggered' then 'asset_triggered'
                else lower(dag_runs.run_type)
            end as text
        ) as run_type,
        cast(dag_runs.logical_at as timestamp) as logical_at,
        cast(dag_runs.data_interval_start_at as timestamp) as data_interval_start_at,
        cast(dag_runs.data_interval_end_at as timestamp) as data_interval_end_at,
        cast(dag_runs.scheduled_at as timestamp) as scheduled_at,
        cast(dag_runs.queued_at as timestamp) as queued_at,
        cast(dag_runs.started_at as timestamp) as started_at,
        cast(dag_runs.ended_at as timestamp) as ended_at,
        cast(
            greatest(dag_runs.queued_at, dag_runs.started_at, dag_runs.ended_at, attempts.last_seen_at) as timestamp
        ) as last_seen_at,
        cast(lower(dag_runs.state) as text) as reported_state,
        cast(
            case when lower(dag_runs.state) in ('queued', 'running', 'success', 'failed') then lower(dag_runs.state) end
            as text
        ) as state,
        cast(dag_runs.clear_number as integer) as clear_number,
        cast(null as text) as error_message,
        cast(null as text) as parent_run_id_openlineage,
        cast(null as text) as processing_type
    from dag_runs
    left join attempts
        on
            dag_runs.source_name = attempts.source_name
            and dag_runs.dag_id = attempts.pipeline_name
            and dag_runs.run_id = attempts.run_id
)

select * from final
