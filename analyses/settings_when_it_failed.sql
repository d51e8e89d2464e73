-- Who owned a failed run's pipeline when it ran, and was anybody told? Facts join the version of the time.
select
    pipelines.pipeline_name,
    runs.run_id,
    runs.started_at,
    teams.team_name as team_at_the_time,
    pipelines.has_failure_callback,
    pipelines.task_count_without_failure_alerting
from {{ ref('fct_pipeline_runs') }} as runs
inner join {{ ref('dim_pipelines') }} as pipelines on runs.pipeline_version_key = pipelines.pipeline_version_key
inner join {{ ref('dim_teams_current') }} as teams on pipelines.team_key = teams.team_key
where
    runs.verdict = 'failed'
    and runs.run_on >= cast('{{ var("analysis_since_on") }}' as date)
order by runs.started_at desc, pipelines.pipeline_name asc
