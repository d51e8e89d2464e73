{{ config(materialized='incremental', incremental_strategy='rebuild_touched_runs') }}

with

rebuilt as (

    {{ rebuilt_runs([runs_of_moved_datasets()]) }}

),

dbt_results as (

    select * from {{ ref('int_check_results__from_dbt') }}
    where {{ is_rebuilt(pipeline_run_key()) }}

),

lineage_results as (

    select * from {{ ref('int_check_results__from_openlineage') }}
    where {{ is_rebuilt() }}

),

datasets as (

    select * from {{ ref('int_datasets__resolved') }}

),

{% set columns -%}
    platform, platform_instance, check_id, dataset_namespace, dataset_name, pipeline_name, run_id, task_name,
    attempt_id, feed, source_name, executed_at, outcome, reported_status, severity, failures, expected,
    actual, message
{%- endset %}

unioned as (

    select {{ columns }} from dbt_results
    union all
    select {{ columns }} from lineage_results

),

placed as (

    select
        unioned.*,
        datasets.dataset_key,
        case when unioned.platform = 'dbt' then '' else coalesce(cast(datasets.dataset_key as text), '') end as scope
    from unioned
    left join datasets
        on
            unioned.dataset_namespace = datasets.dataset_namespace
            and unioned.dataset_name = datasets.dataset_name
    where unioned.check_id is not null

),

ranked as (

    select
        *,
        row_number() over (
            partition by
                platform, platform_instance, scope, check_id, pipeline_name, run_id, task_name, attempt_id
            order by executed_at desc nulls last, feed asc, outcome asc, message asc
        ) as recency
    from placed

),

final as (

    select
        {{ surrogate_key([
            'platform', 'platform_instance', 'scope', 'check_id', 'pipeline_name', 'run_id', 'task_name',
            'attempt_id'
        ]) }} as check_result_key,
        {{ surrogate_key(['platform', 'platform_instance', 'scope', 'check_id']) }} as check_key,
        coalesce(dataset_key, {{ unknown_key() }}) as dataset_key,
        {{ task_attempt_key() }} as task_attempt_key,
        {{ task_key() }} as task_key,
        {{ pipeline_run_key() }} as pipeline_run_key,
        {{ pipeline_key() }} as pipeline_key,
        cast(source_name as text) as source_name,
        cast(executed_at as timestamp) as executed_at,
        cast(coalesce(outcome, 'unknown') as text) as outcome,
        cast(reported_status as text) as reported_status,
        cast(severity as text) as severity,
        cast(failures as bigint) as failures,
        cast(expected as text) as expected,
        cast(actual as text) as actual,
        cast(message as text) as message
    from ranked
    where recency = 1

)

select * from final
