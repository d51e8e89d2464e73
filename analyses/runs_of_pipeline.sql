-- How did each run of a pipeline go: how late did it start, how long did it take, and did all of its work succeed?
select
    runs.run_id,
    runs.scheduled_at,
    {{ seconds_between('runs.scheduled_at', 'runs.started_at') }} as start_delay_seconds,
    runs.duration_seconds,
    runs.verdict,
    runs.task_count,
    runs.failed_task_count,
    runs.retried_task_count
from {{ ref('fct_pipeline_runs') }} as runs
inner join {{ ref('dim_pipelines_current') }} as pipelines on runs.pipeline_key = pipelines.pipeline_key
where
    pipelines.pipeline_name = '{{ var("analysis_pipeline") }}'
    and runs.run_on >= cast('{{ var("analysis_since_on") }}' as date)
order by runs.run_on desc, runs.started_at desc, runs.run_id asc
