with

thresholds as (

    {{ subject_thresholds('SI02', ['window_days']) }}

),

pipelines as (

    select * from {{ ref('fct_pipeline_activity') }}

),

pipeline_runs as (

    select
        *,
        coalesce(started_at, scheduled_at, queued_at, last_seen_at) as run_at
    from {{ ref('fct_pipeline_runs') }}

),

failed_attempts as (

    select
        attempts.pipeline_run_key,
        tasks.task_name
    from {{ ref('fct_task_attempts') }} as attempts
    inner join {{ ref('dim_tasks_current') }} as tasks on attempts.task_key = tasks.task_key
    where
        attempts.is_final_attempt
        and attempts.state in ('failed', 'upstream_failed')

),

-- Of tasks that Airflow skips, or fails with a task before them, lineage hears nothing.
recent_runs as (

    select
        pipeline_runs.*,
        pipeline_runs.verdict = 'succeeded_with_failures' as is_hollow,
        pipeline_runs.verdict in ('succeeded', 'succeeded_with_failures', 'failed', 'skipped')
        and pipeline_runs.task_count > 0
        and not (pipelines.platform = 'airflow' and pipeline_runs.seen_by = 'openlineage') as is_judgeable
    from pipeline_runs
    inner join pipelines on pipeline_runs.pipeline_key = pipelines.pipeline_key
    {{ join_thresholds('pipelines.pipeline_key') }}
    where {{ seconds_between('run_at', 'as_of_at') }} between 0 and {{ threshold('window_days') }} * 86400

),

run_tallies as (

    select
        pipeline_key,
        count(*) as run_count,
        count(*) filter (where is_judgeable) as judged_count,
        count(*) filter (where is_hollow) as hollow_count,
        min(run_at) filter (where is_hollow) as first_hollow_at,
        (array_agg(run_id order by run_at desc, run_id asc) filter (where is_hollow))[1:10] as hollow_run_ids
    from recent_runs
    group by 1

),

failed_tasks as (

    select
        recent_runs.pipeline_key,
        string_agg(distinct failed_attempts.task_name, ', ' order by failed_attempts.task_name) as task_names
    from recent_runs
    inner join failed_attempts on recent_runs.pipeline_run_key = failed_attempts.pipeline_run_key
    where recent_runs.is_hollow
    group by 1

),

final as (

    select
        {{ audit_subject('SI02', 'pipeline', 'pipelines') }},
        cast(
            case
                when pipelines.is_gone then 'clear'
                when run_tallies.hollow_count > 0 then 'finding'
                when run_tallies.judged_count > 0 then 'clear'
                else 'cannot_tell'
            end as text
        ) as verdict,
        cast(
            case
                when pipelines.is_gone then 'Not active: its definition is gone.'
                when run_tallies.hollow_count > 0
                    then run_tallies.hollow_count || ' of ' || run_tallies.run_count || ' runs hid failed work: '
                        || coalesce(failed_tasks.task_names, 'tasks that cannot be named') || '.'
                when run_tallies.judged_count > 0
                    then 'None of ' || run_tallies.judged_count || ' runs hid failed work.'
                when run_tallies.run_count > 0
                    then 'Of none of ' || run_tallies.run_count || ' runs are the end and all tasks known.'
                else 'It did not run lately.'
            end as text
        ) as reason,
        {{ json_object({
            'runs': 'run_tallies.run_count',
            'judged_runs': 'run_tallies.judged_count',
            'green_runs_over_failed_work': 'run_tallies.hollow_count',
            'run_ids': 'run_tallies.hollow_run_ids',
            'window_days': json_number(threshold('window_days')),
        }) }} as evidence,
        cast(case when not pipelines.is_gone then run_tallies.first_hollow_at end as timestamp) as onset_at,
        cast(pipelines.as_of_at as timestamp) as as_of_at
    from pipelines
    left join run_tallies on pipelines.pipeline_key = run_tallies.pipeline_key
    left join failed_tasks on pipelines.pipeline_key = failed_tasks.pipeline_key
    {{ join_thresholds('pipelines.pipeline_key') }}

)

select * from final
