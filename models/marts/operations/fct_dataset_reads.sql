{{ config(
    materialized='incremental',
    incremental_strategy='rebuild_touched_runs',
    unique_key='dataset_read_key',
) }}

with

rebuilt as (

    {{ rebuilt_runs([
        runs_of_moved_datasets(),
        runs_of_moved_versions('dim_datasets', 'kept.read_at'),
        runs_of_moved_teams(),
    ]) }}

),

reads as (

    select * from {{ ref('int_dataset_reads__resolved') }}
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
        cast(reads.dataset_read_key as uuid) as dataset_read_key,
        cast(reads.dataset_key as uuid) as dataset_key,
        cast(coalesce(datasets.dataset_version_key, {{ unknown_key() }}) as uuid) as dataset_version_key,
        cast(coalesce(task_attempts.task_attempt_key, {{ unknown_key() }}) as uuid) as task_attempt_key,
        cast(coalesce(task_attempts.task_key, {{ unknown_key() }}) as uuid) as task_key,
        cast(coalesce(pipeline_runs.pipeline_run_key, {{ unknown_key() }}) as uuid) as pipeline_run_key,
        cast(coalesce(pipeline_runs.pipeline_key, {{ unknown_key() }}) as uuid) as pipeline_key,
        cast(coalesce(task_attempts.team_key, pipeline_runs.team_key, {{ unknown_key() }}) as uuid) as team_key,
        cast(reads.source_name as text) as source_name,
        cast(reads.seen_by as text) as seen_by,
        {{ date_member('reads.read_at') }} as read_on,
        cast(reads.read_at as timestamp) as read_at,
        cast(reads.row_count as bigint) as row_count,
        cast(reads.byte_count as bigint) as byte_count,
        cast(reads.file_count as bigint) as file_count
    from reads
    left join task_attempts on reads.task_attempt_key = task_attempts.task_attempt_key
    left join pipeline_runs on reads.pipeline_run_key = pipeline_runs.pipeline_run_key
    left join datasets
        on
            reads.dataset_key = datasets.dataset_key
            and {{ held_at('datasets', 'reads.read_at') }}
    {{ only_retained(['reads.read_at']) }}

)

select * from final
