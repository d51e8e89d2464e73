with

thresholds as (

    {{ subject_thresholds('DJ01', ['window_days']) }}

),

datasets as (

    select * from {{ ref('fct_dataset_activity') }}

),

pipelines as (

    select * from {{ ref('fct_pipeline_activity') }}

),

outer_pipelines as (

    select
        runs.pipeline_run_key,
        attempts.pipeline_key
    from {{ ref('fct_pipeline_runs') }} as runs
    inner join {{ ref('fct_task_attempts') }} as attempts on runs.parent_task_attempt_key = attempts.task_attempt_key
    inner join pipelines on runs.pipeline_key = pipelines.pipeline_key
    where pipelines.platform <> 'airflow'

),

-- What runs inside a task of another pipeline is that pipeline's write, told twice. A DAG that another
-- triggers stays a job of its own.
recent_writes as (

    select
        writes.dataset_key,
        writes.pipeline_key,
        writes.written_at,
        coalesce(outer_pipelines.pipeline_key, writes.pipeline_key) as job_key
    from datasets
    inner join {{ ref('fct_dataset_writes') }} as writes on datasets.dataset_key = writes.dataset_key
    left join {{ ref('fct_pipeline_runs') }} as runs on writes.pipeline_run_key = runs.pipeline_run_key
    left join outer_pipelines on writes.pipeline_run_key = outer_pipelines.pipeline_run_key
    {{ join_thresholds('datasets.dataset_key') }}
    where
        writes.is_successful
        and coalesce(runs.run_type, '') <> 'backfill'
        and {{ seconds_between('writes.written_at', 'datasets.as_of_at') }}
        between 0 and {{ threshold('window_days') }} * 86400

),

enclosed_writers as (

    select distinct
        dataset_key,
        pipeline_key
    from recent_writes
    where job_key <> pipeline_key

),

-- A project that runs inside a DAG and was also run by hand is no second job.
jobs as (

    select
        recent_writes.dataset_key,
        recent_writes.job_key,
        count(*) as write_count,
        min(recent_writes.written_at) as first_written_at,
        max(recent_writes.written_at) as last_written_at
    from recent_writes
    left join enclosed_writers
        on
            recent_writes.dataset_key = enclosed_writers.dataset_key
            and recent_writes.job_key = enclosed_writers.pipeline_key
    where enclosed_writers.pipeline_key is null
    group by 1, 2

),

final as (

    select
        {{ surrogate_key(['jobs.dataset_key', 'jobs.job_key']) }} as dataset_writer_key,
        cast(jobs.dataset_key as uuid) as dataset_key,
        cast(jobs.job_key as uuid) as pipeline_key,
        cast(coalesce(pipelines.pipeline_name, 'unknown') as text) as pipeline_name,
        cast(pipelines.source_name as text) as source_name,
        cast(jobs.write_count as bigint) as write_count,
        cast(jobs.first_written_at as timestamp) as first_written_at,
        cast(jobs.last_written_at as timestamp) as last_written_at,
        cast(not coalesce(pipelines.is_paused or pipelines.is_gone, false) as boolean) as is_active,
        cast(pipelines.pipeline_key is null as boolean) as is_unknown
    from jobs
    left join pipelines on jobs.job_key = pipelines.pipeline_key

)

select * from final
