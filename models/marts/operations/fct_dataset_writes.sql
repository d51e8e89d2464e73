{{ config(
    materialized='incremental',
    incremental_strategy='rebuild_touched_runs',
    unique_key='dataset_write_key',
) }}

with

rebuilt as (

    {{ rebuilt_runs([
        runs_of_moved_datasets(),
        runs_of_moved_versions('dim_datasets', 'kept.written_at'),
        runs_of_moved_teams(),
    ]) }}

),

writes as (

    select * from {{ ref('int_dataset_writes__resolved') }}
    where {{ is_rebuilt() }}

),

task_attempts as (

    select * from {{ ref('fct_task_attempts') }}

),

pipeline_runs as (

    select * from {{ ref('fct_pipeline_runs') }}

),

datasets as (

    select * from {{ ref('dim_datasets') }}

),

final as (

    select
        cast(writes.dataset_write_key as uuid) as dataset_write_key,
        cast(writes.dataset_key as uuid) as dataset_key,
        cast(coalesce(datasets.dataset_version_key, {{ unknown_key() }}) as uuid) as dataset_version_key,
        cast(coalesce(task_attempts.task_attempt_key, {{ unknown_key() }}) as uuid) as task_attempt_key,
        cast(coalesce(task_attempts.task_key, {{ unknown_key() }}) as uuid) as task_key,
        cast(coalesce(pipeline_runs.pipeline_run_key, {{ unknown_key() }}) as uuid) as pipeline_run_key,
        cast(coalesce(pipeline_runs.pipeline_key, {{ unknown_key() }}) as uuid) as pipeline_key,
        cast(coalesce(task_attempts.team_key, pipeline_runs.team_key, {{ unknown_key() }}) as uuid) as team_key,
        cast(writes.source_name as text) as source_name,
        cast(writes.seen_by as text) as seen_by,
        {{ date_member('writes.written_at') }} as written_on,
        cast(writes.written_at as timestamp) as written_at,
        cast(writes.row_count as bigint) as row_count,
        cast(writes.byte_count as bigint) as byte_count,
        cast(writes.file_count as bigint) as file_count,
        cast(writes.operation as text) as operation,
        cast(coalesce(writes.is_successful, false) as boolean) as is_successful
    from writes
    left join task_attempts on writes.task_attempt_key = task_attempts.task_attempt_key
    left join pipeline_runs on writes.pipeline_run_key = pipeline_runs.pipeline_run_key
    left join datasets
        on
            writes.dataset_key = datasets.dataset_key
            and {{ held_at('datasets', 'writes.written_at') }}
    {{ only_retained(['writes.written_at']) }}

)

select * from final
