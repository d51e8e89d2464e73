with
thresholds as (
    {{ subject_thresholds('DJ02', ['window_days']) }}
),

tasks as (
    select
        tasks.*,
        activity.as_of_at,
        86400 * {{ threshold('window_days') }} as window_seconds,
        {{ is_sandbox('pipelines') }} as is_sandbox,
        {{ kept_apart_by('pipelines') }} as kept_apart_by
    from {{ ref('dim_tasks_current') }} as tasks
    inner join {{ ref('fct_pipeline_activity') }} as activity on tasks.pipeline_key = activity.pipeline_key
    inner join {{ ref('dim_pipelines_current') }} as pipelines on tasks.pipeline_key = pipelines.pipeline_key
    {{ join_thresholds('tasks.task_key') }}
    where not tasks.is_unknown and tasks.is_retired is not true and not activity.is_paused and not activity.is_gone
),

writes as (
    select
        tasks.task_key,
        writes.dataset_key,
        writes.written_at,
        writes.row_count,
        writes.pipeline_run_key
    from tasks
    inner join {{ ref('fct_dataset_writes') }} as writes on tasks.task_key = writes.task_key
    inner join {{ ref('fct_pipeline_runs') }} as runs on writes.pipeline_run_key = runs.pipeline_run_key
    where
        writes.is_successful
        and coalesce(runs.run_type, '') <> 'backfill'
        and {{ seconds_between('writes.written_at', 'tasks.as_of_at') }} between 0 and tasks.window_seconds
),

outputs as (
    select
        task_key,
        count(distinct dataset_key) as output_count,
        {{ only_key('dataset_key', 'true') }} as output_dataset_key,
        md5(string_agg(distinct cast(dataset_key as text), ',' order by cast(dataset_key as text))) as output_md5,
        count(distinct pipeline_run_key) as run_count,
        percentile_cont(0.5) within group (order by row_count) as row_count,
        percentile_cont(0.5) within group (
            order by extract(epoch from written_at - date_trunc('day', written_at))
        ) as second_of_day,
        min(written_at) as first_written_at
    from writes
    group by 1
),

written as (
    select distinct
        task_key,
        dataset_key
    from writes
),

-- What a task reads of its own to go on from there is no input.
inputs as (
    select
        tasks.task_key,
        count(distinct reads.dataset_key) as input_count,
        md5(string_agg(distinct cast(reads.dataset_key as text), ',' order by cast(reads.dataset_key as text)))
            as input_md5
    from tasks
    inner join {{ ref('fct_dataset_reads') }} as reads on tasks.task_key = reads.task_key
    left join written on reads.task_key = written.task_key and reads.dataset_key = written.dataset_key
    where
        written.dataset_key is null
        and {{ seconds_between('reads.read_at', 'tasks.as_of_at') }} between 0 and tasks.window_seconds
    group by 1
),

statements as (
    select * from {{ ref('int_task_statements__latest') }}
),

readers as (
    select
        written.task_key,
        count(distinct lineage.downstream_dataset_key) as reader_count
    from written
    inner join {{ ref('bridge_lineage') }} as lineage on written.dataset_key = lineage.upstream_dataset_key
    group by 1
),

final as (
    select
        cast(tasks.task_key as uuid) as task_key,
        cast(tasks.pipeline_key as uuid) as pipeline_key,
        cast(tasks.team_key as uuid) as team_key,
        cast(coalesce(outputs.output_dataset_key, {{ unknown_key() }}) as uuid) as output_dataset_key,
        cast(tasks.source_name as text) as source_name,
        cast(tasks.pipeline_name as text) as pipeline_name,
        cast(tasks.task_name as text) as task_name,
        cast(tasks.subject_name as text) as subject_name,
        cast(tasks.is_sandbox as boolean) as is_sandbox,
        cast(tasks.kept_apart_by as text) as kept_apart_by,
        cast(coalesce(tasks.task_type, '') = 'snapshot' as boolean) as is_snapshot,
        cast(coalesce(inputs.input_count, 0) as bigint) as input_count,
        cast(inputs.input_md5 as text) as input_md5,
        cast(outputs.output_md5 as text) as output_md5,
        cast(outputs.run_count as bigint) as run_count,
        cast(statements.sql_md5 as text) as sql_md5,
        cast(statements.checksum as text) as checksum,
        cast(outputs.row_count as double precision) as row_count,
        cast(outputs.second_of_day as double precision) as second_of_day,
        cast(coalesce(readers.reader_count, 0) as bigint) as reader_count,
        cast(outputs.first_written_at as timestamp) as first_written_at,
        cast(tasks.as_of_at as timestamp) as as_of_at
    from tasks
    inner join outputs on tasks.task_key = outputs.task_key
    left join inputs on tasks.task_key = inputs.task_key
    left join statements on tasks.task_key = statements.task_key
    left join readers on tasks.task_key = readers.task_key
)

select * from final
