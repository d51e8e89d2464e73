-- Which runs were reported green over failed work, and which tasks failed in them?
select
    pipelines.pipeline_name,
    runs.run_id,
    runs.run_on,
    tasks.task_name,
    attempts.state,
    attempts.error_message
from {{ ref('fct_pipeline_runs') }} as runs
inner join {{ ref('dim_pipelines_current') }} as pipelines on runs.pipeline_key = pipelines.pipeline_key
inner join {{ ref('fct_task_attempts') }} as attempts on runs.pipeline_run_key = attempts.pipeline_run_key
inner join {{ ref('dim_tasks_current') }} as tasks on attempts.task_key = tasks.task_key
where
    runs.verdict = 'succeeded_with_failures'
    and runs.run_on >= cast('{{ var("analysis_since_on") }}' as date)
    and attempts.is_final_attempt
    and attempts.state in ('failed', 'upstream_failed')
order by runs.run_on desc, pipelines.pipeline_name asc, tasks.task_name asc
