{{ config(materialized='incremental', incremental_strategy='rebuild_touched_runs') }}

with

rebuilt as (

    {{ rebuilt_runs([runs_of_moved_datasets()]) }}

),

openlineage_reads as (

    select * from {{ ref('int_dataset_reads__from_openlineage') }}
    where {{ is_rebuilt() }}

),

airflow_reads as (

    select * from {{ ref('int_dataset_reads__from_airflow') }}
    where {{ is_rebuilt(pipeline_run_key()) }}

),

dbt_reads as (

    select * from {{ ref('int_dataset_reads__from_dbt') }}
    where {{ is_rebuilt(pipeline_run_key()) }}

),

datasets as (

    select * from {{ ref('int_datasets__resolved') }}

),

{% set columns -%}
    platform, platform_instance, pipeline_name, run_id, task_name, attempt_id, dataset_namespace,
    dataset_name, feed, source_name, occurred_at, row_count, byte_count, file_count
{%- endset %}

unioned as (

    select {{ columns }} from openlineage_reads
    union all
    select {{ columns }} from airflow_reads
    union all
    select {{ columns }} from dbt_reads

),

merged as (

    select
        unioned.platform,
        unioned.platform_instance,
        unioned.pipeline_name,
        unioned.run_id,
        unioned.task_name,
        unioned.attempt_id,
        datasets.dataset_key,
        {{ of_own_feed('unioned.source_name') }} as source_name,
        {{ seen_by('unioned.feed') }} as seen_by,
        {{ of_own_feed('unioned.occurred_at') }} as occurred_at,
        {{ of_own_feed('unioned.row_count') }} as row_count,
        {{ of_own_feed('unioned.byte_count') }} as byte_count,
        {{ of_own_feed('unioned.file_count') }} as file_count
    from unioned
    inner join datasets
        on
            unioned.dataset_namespace = datasets.dataset_namespace
            and unioned.dataset_name = datasets.dataset_name
    group by 1, 2, 3, 4, 5, 6, 7

),

final as (

    select
        {{ surrogate_key([
            'platform', 'platform_instance', 'pipeline_name', 'run_id', 'task_name', 'attempt_id', 'dataset_key'
        ]) }} as dataset_read_key,
        cast(dataset_key as uuid) as dataset_key,
        {{ task_attempt_key() }} as task_attempt_key,
        {{ task_key() }} as task_key,
        {{ pipeline_run_key() }} as pipeline_run_key,
        {{ pipeline_key() }} as pipeline_key,
        cast(source_name as text) as source_name,
        cast(seen_by as text) as seen_by,
        cast(occurred_at as timestamp) as read_at,
        cast(row_count as bigint) as row_count,
        cast(byte_count as bigint) as byte_count,
        cast(file_count as bigint) as file_count
    from merged

)

select * from final
