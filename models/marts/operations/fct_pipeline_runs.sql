{{ config(
    materialized='incremental',
    incremental_strategy='rebuild_touched_runs',
    unique_key='pipeline_run_key',
) }}

with

rebuilt as (

    {{ rebuilt_runs([
        open_runs(),
        runs_of_moved_versions(
            'dim_pipelines', 'coalesce(kept.scheduled_at, kept.started_at, kept.queued_at, kept.last_seen_at)', has_team=true
        ),
    ]) }}

),

pipeline_runs as (

    select * from {{ ref('int_pipeline_runs__resolved') }}
    where {{ is_rebuilt() }}

),

verdicts as (

    select * from {{ ref('int_pipeline_runs__judged') }}

),

parents as (

    select * from {{ ref('int_pipeline_runs__parented') }}
    {{ only_retained_parents() }}

),

pipelines as (

    select * from {{ ref('dim_pipelines') }}

),

dated as (

    select
        pipeline_runs.*,
        verdicts.heard_of_at,
        verdicts.verdict,
        verdicts.task_count,
        verdicts.succeeded_task_count,
        verdicts.failed_task_count,
        verdicts.upstream_failed_task_count,
        verdicts.skipped_task_count,
        verdicts.retried_task_count,
        verdicts.attempt_count,
        coalesce(
            pipeline_runs.scheduled_at, pipeline_runs.started_at, pipeline_runs.queued_at, verdicts.heard_of_at
        ) as run_at
    from pipeline_runs
    inner join verdicts on pipeline_runs.pipeline_run_key = verdicts.pipeline_run_key

),

final as (

    select
        cast(dated.pipeline_run_key as uuid) as pipeline_run_key,
        cast(dated.pipeline_key as uuid) as pipeline_key,
        cast(coalesce(pipelines.pipeline_version_key, {{ unknown_key() }}) as uuid) as pipeline_version_key,
        cast(coalesce(pipelines.team_key, {{ unknown_key() }}) as uuid) as team_key,
        cast(coalesce(parents.parent_task_attempt_key, {{ unknown_key() }}) as uuid) as parent_task_attempt_key,
        cast(dated.source_name as text) as source_name,
        cast(dated.seen_by as text) as seen_by,
        cast(dated.run_id as text) as run_id,
        cast(dated.run_type as text) as run_type,
        {{ date_member('dated.run_at') }} as run_on,
        cast(dated.logical_at as timestamp) as logical_at,
        cast(dated.data_interval_start_at as timestamp) as data_interval_start_at,
        cast(dated.data_interval_end_at as timestamp) as data_interval_end_at,
        cast(dated.scheduled_at as timestamp) as scheduled_at,
        cast(dated.queued_at as timestamp) as queued_at,
        cast(dated.started_at as timestamp) as started_at,
        cast(dated.ended_at as timestamp) as ended_at,
        cast(dated.heard_of_at as timestamp) as last_seen_at,
        {{ seconds_between('dated.queued_at', 'dated.started_at') }} as queued_seconds,
        {{ seconds_between('dated.started_at', 'dated.ended_at') }} as duration_seconds,
        cast(dated.reported_state as text) as reported_state,
        cast(dated.lineage_state as text) as lineage_state,
        cast(dated.verdict as text) as verdict,
        cast(dated.task_count as bigint) as task_count,
        cast(dated.succeeded_task_count as bigint) as succeeded_task_count,
        cast(dated.failed_task_count as bigint) as failed_task_count,
        cast(dated.upstream_failed_task_count as bigint) as upstream_failed_task_count,
        cast(dated.skipped_task_count as bigint) as skipped_task_count,
        cast(dated.retried_task_count as bigint) as retried_task_count,
        cast(dated.attempt_count as bigint) as attempt_count,
        cast(dated.clear_number as integer) as clear_number,
        cast(dated.is_disputed as boolean) as is_disputed,
        cast(dated.error_message as text) as error_message
    from dated
    left join parents on dated.pipeline_run_key = parents.pipeline_run_key
    left join pipelines
        on
            dated.pipeline_key = pipelines.pipeline_key
            and {{ held_at('pipelines', 'dated.run_at') }}
    {{ only_retained(['dated.heard_of_at']) }}

)

select * from final
