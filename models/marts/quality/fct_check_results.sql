{{ config(
    materialized='incremental',
    incremental_strategy='rebuild_touched_runs',
    unique_key='check_result_key',
) }}

with

rebuilt as (

    {{ rebuilt_runs([
        runs_of_moved_checks(),
    ]) }}

),

check_results as (

    select * from {{ ref('int_check_results__resolved') }}
    where {{ is_rebuilt() }}

),

checks as (

    select * from {{ ref('dim_checks') }}

),

task_attempts as (

    select * from {{ ref('fct_task_attempts') }}

),

pipeline_runs as (

    select * from {{ ref('fct_pipeline_runs') }}

),

final as (

    select
        cast(check_results.check_result_key as uuid) as check_result_key,
        cast(check_results.check_key as uuid) as check_key,
        cast(coalesce(checks.dataset_key, {{ unknown_key() }}) as uuid) as dataset_key,
        cast(coalesce(task_attempts.task_attempt_key, {{ unknown_key() }}) as uuid) as task_attempt_key,
        cast(coalesce(task_attempts.task_key, {{ unknown_key() }}) as uuid) as task_key,
        cast(coalesce(pipeline_runs.pipeline_run_key, {{ unknown_key() }}) as uuid) as pipeline_run_key,
        cast(coalesce(pipeline_runs.pipeline_key, {{ unknown_key() }}) as uuid) as pipeline_key,
        cast(coalesce(checks.team_key, {{ unknown_key() }}) as uuid) as team_key,
        cast(check_results.source_name as text) as source_name,
        {{ date_member('check_results.executed_at') }} as executed_on,
        cast(check_results.executed_at as timestamp) as executed_at,
        cast(check_results.outcome as text) as outcome,
        cast(check_results.reported_status as text) as reported_status,
        cast(check_results.severity as text) as severity,
        cast(check_results.failures as bigint) as failures,
        cast(check_results.expected as text) as expected,
        cast(check_results.actual as text) as actual,
        cast(check_results.message as text) as message
    from check_results
    left join checks on check_results.check_key = checks.check_key
    left join task_attempts on check_results.task_attempt_key = task_attempts.task_attempt_key
    left join pipeline_runs on check_results.pipeline_run_key = pipeline_runs.pipeline_run_key
    {{ only_retained(['check_results.executed_at']) }}

)

select * from final
