-- Which step of a pipeline grows slower? The usual and the slow duration of each of its tasks, week by week.
select
    tasks.task_name,
    dates.week_starts_on,
    count(*) as successful_tries,
    percentile_cont(0.5) within group (order by attempts.duration_seconds) as median_seconds,
    percentile_cont(0.95) within group (order by attempts.duration_seconds) as slow_seconds
from {{ ref('fct_task_attempts') }} as attempts
inner join {{ ref('dim_pipelines_current') }} as pipelines on attempts.pipeline_key = pipelines.pipeline_key
inner join {{ ref('dim_tasks_current') }} as tasks on attempts.task_key = tasks.task_key
inner join {{ ref('dim_dates') }} as dates on attempts.attempt_on = dates.date_on
where
    pipelines.pipeline_name = '{{ var("analysis_pipeline") }}'
    and attempts.state = 'success'
    and attempts.attempt_on >= cast('{{ var("analysis_since_on") }}' as date)
group by tasks.task_name, dates.week_starts_on
order by tasks.task_name asc, dates.week_starts_on asc
