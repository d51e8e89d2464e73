-- How often do each team's pipelines do all their work, and how much of it needs a second try?
select
    teams.team_name,
    count(*) filter (where runs.verdict in ('succeeded', 'succeeded_with_failures', 'failed', 'lost')) as finished_runs,
    count(*) filter (where runs.verdict = 'succeeded') as succeeded_runs,
    round(
        100.0 * count(*) filter (where runs.verdict = 'succeeded')
        / nullif(count(*) filter (where runs.verdict in ('succeeded', 'succeeded_with_failures', 'failed', 'lost')), 0),
        1
    ) as succeeded_percent,
    sum(runs.retried_task_count) as retried_tasks,
    sum(runs.task_count) as tasks
from {{ ref('fct_pipeline_runs') }} as runs
inner join {{ ref('dim_teams') }} as teams on runs.team_key = teams.team_key
group by teams.team_name
order by succeeded_percent asc, teams.team_name asc
