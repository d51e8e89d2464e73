-- What do tasks fail of, how widely, and when did it happen last?
with

failures_of_pipelines as (

    select
        team_key,
        pipeline_key,
        coalesce(error_class, 'no message') as error_class,
        count(*) as failed_tries,
        count(*) filter (where is_final_attempt) as failed_for_good,
        max(ended_at) as last_ended_at
    from {{ ref('fct_task_attempts') }}
    where
        state = 'failed'
        and attempt_on >= cast('{{ var("analysis_since_on") }}' as date)
    group by team_key, pipeline_key, coalesce(error_class, 'no message')

)

select
    teams.team_name,
    failures.error_class,
    sum(failures.failed_tries) as failed_tries,
    sum(failures.failed_for_good) as failed_for_good,
    count(*) as pipelines,
    max(failures.last_ended_at) as last_ended_at
from failures_of_pipelines as failures
inner join {{ ref('dim_teams_current') }} as teams on failures.team_key = teams.team_key
group by teams.team_name, failures.error_class
order by failed_tries desc, teams.team_name asc, failures.error_class asc
