-- Which tasks pass only after failed tries, and how much time do the failed tries cost? The dearest fifty.
with

failed_tries as (

    select
        task_key,
        count(*) as failed_tries,
        sum(duration_seconds) as lost_seconds
    from {{ ref('fct_task_attempts') }}
    where
        state = 'failed'
        and not is_final_attempt
        and attempt_on >= cast('{{ var("analysis_since_on") }}' as date)
    group by task_key
    order by lost_seconds desc nulls last, task_key asc
    limit 50

)

select
    tasks.subject_name as task,
    teams.team_name,
    tasks.retries as retries_allowed,
    failed_tries.failed_tries,
    failed_tries.lost_seconds
from failed_tries
inner join {{ ref('dim_tasks_current') }} as tasks on failed_tries.task_key = tasks.task_key
inner join {{ ref('dim_teams_current') }} as teams on tasks.team_key = teams.team_key
order by failed_tries.lost_seconds desc nulls last, task asc
