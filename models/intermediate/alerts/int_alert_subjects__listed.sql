{{ config(materialized='table') }}

with

pipelines as (

    select * from {{ ref('int_pipelines__resolved') }}

),

tasks as (

    select distinct
        task_key,
        pipeline_key,
        task_name,
        subject_name
    from {{ ref('int_tasks__versioned') }}

),

datasets as (

    select * from {{ ref('int_datasets__resolved') }}

),

unioned as (

    select
        'pipeline' as subject_type,
        pipeline_key as subject_key,
        pipeline_key,
        platform_instance as namespace,
        pipeline_name as label_value,
        pipeline_name as subject_name
    from pipelines
    union all
    select
        'task' as subject_type,
        task_key as subject_key,
        pipeline_key,
        cast(null as text) as namespace,
        task_name as label_value,
        subject_name
    from tasks
    union all
    select
        'dataset' as subject_type,
        dataset_key as subject_key,
        {{ unknown_key() }} as pipeline_key,
        canonical_namespace as namespace,
        canonical_name as label_value,
        canonical_namespace || '/' || canonical_name as subject_name
    from datasets
    union all
    -- A dataset is known by the names that feeds call it, too.
    select
        'dataset' as subject_type,
        dataset_key as subject_key,
        {{ unknown_key() }} as pipeline_key,
        dataset_namespace as namespace,
        dataset_name as label_value,
        dataset_namespace || '/' || dataset_name as subject_name
    from datasets

),

final as (

    select distinct
        cast(subject_type as text) as subject_type,
        cast(subject_key as uuid) as subject_key,
        cast(pipeline_key as uuid) as pipeline_key,
        cast(namespace as text) as namespace,
        cast(label_value as text) as label_value,
        cast(subject_name as text) as subject_name
    from unioned
    where subject_key <> {{ unknown_key() }}

)

select * from final
