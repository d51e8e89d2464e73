-- How often do each team's pipelines do all their work, and how much of it needs a second try?
with

runs as (

    select
        team_key,
        count(*) filter (where verdict in ('succeeded', 'succeeded_with_failures', 'failed', 'lost')) as finished_runs,
        count(*) filter (where verdict = 'succeeded') as succeeded_runs,
        sum(retried_task_count) as retried_tasks,
        sum(task_count) as tasks
    from {{ ref('fct_pipeline_runs') }}
    where run_on >= cast('{{ var("analysis_since_on") }}' as date)
    group by team_key

)

select
    teams.team_name,
    runs.finished_runs,
    runs.succeeded_runs,
    round(100.0 * runs.succeeded_runs / nullif(runs.finished_runs, 0), 1) as succeeded_percent,
    runs.retried_tasks,
    runs.tasks
from runs
inner join {{ ref('dim_teams_current') }} as teams on runs.team_key = teams.team_key
order by succeeded_percent asc, teams.team_name asc
