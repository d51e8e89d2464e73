{{ config(
    materialized='incremental',
    incremental_strategy='rebuild_touched_runs',
    unique_key='task_attempt_key',
) }}

with

rebuilt as (

    {{ rebuilt_runs([
        runs_of_moved_verdicts(),
        runs_of_moved_pipeline_versions(),
        runs_of_moved_versions(
            'dim_tasks', 'coalesce(kept.started_at, kept.queued_at, kept.ended_at, kept.last_seen_at)', has_team=true
        ),
    ]) }}

),

task_attempts as (

    select * from {{ ref('int_task_attempts__resolved') }}
    where {{ is_rebuilt() }}

),

pipeline_runs as (

    select * from {{ ref('fct_pipeline_runs') }}

),

parents as (

    select * from {{ ref('int_task_attempts__parented') }}
    {{ only_retained_parents() }}

),

tasks as (

    select * from {{ ref('dim_tasks') }}

),

dated as (

    select
        task_attempts.*,
        pipeline_runs.pipeline_version_key,
        pipeline_runs.verdict as run_verdict,
        coalesce(
            task_attempts.started_at, task_attempts.queued_at, task_attempts.ended_at, task_attempts.last_seen_at,
            pipeline_runs.started_at, pipeline_runs.last_seen_at
        ) as attempt_at
    from task_attempts
    inner join pipeline_runs on task_attempts.pipeline_run_key = pipeline_runs.pipeline_run_key

),

final as (

    select
        cast(dated.task_attempt_key as uuid) as task_attempt_key,
        cast(dated.pipeline_run_key as uuid) as pipeline_run_key,
        cast(dated.pipeline_key as uuid) as pipeline_key,
        cast(dated.pipeline_version_key as uuid) as pipeline_version_key,
        cast(dated.task_key as uuid) as task_key,
        cast(coalesce(tasks.task_version_key, {{ unknown_key() }}) as uuid) as task_version_key,
        cast(coalesce(tasks.team_key, {{ unknown_key() }}) as uuid) as team_key,
        cast(coalesce(parents.parent_task_attempt_key, {{ unknown_key() }}) as uuid) as parent_task_attempt_key,
        cast(dated.source_name as text) as source_name,
        cast(dated.seen_by as text) as seen_by,
        cast(dated.run_id as text) as run_id,
        cast(dated.map_index as integer) as map_index,
        cast(dated.try_number as integer) as try_number,
        cast(dated.is_final_attempt as boolean) as is_final_attempt,
        {{ date_member('dated.attempt_at') }} as attempt_on,
        cast(dated.queued_at as timestamp) as queued_at,
        cast(dated.started_at as timestamp) as started_at,
        cast(dated.ended_at as timestamp) as ended_at,
        cast(dated.last_seen_at as timestamp) as last_seen_at,
        {{ seconds_between('dated.queued_at', 'dated.started_at') }} as queued_seconds,
        {{ seconds_between('dated.started_at', 'dated.ended_at') }} as duration_seconds,
        cast(dated.operator as text) as operator,
        cast(dated.reported_state as text) as reported_state,
        cast(
            case
                when dated.state in ('running', 'queued') and dated.run_verdict <> 'running' then 'lost'
                else coalesce(dated.state, 'none')
            end as text
        ) as state,
        cast({{ error_class('dated.error_message') }} as text) as error_class,
        cast(dated.error_message as text) as error_message,
        cast(dated.rows_affected as bigint) as rows_affected
    from dated
    left join parents on dated.task_attempt_key = parents.task_attempt_key
    left join tasks
        on
            dated.task_key = tasks.task_key
            and {{ held_at('tasks', 'dated.attempt_at') }}
    {{ only_retained(['dated.last_seen_at', 'dated.ended_at', 'dated.started_at', 'dated.queued_at']) }}

)

select * from final
