-- Which pipelines deliver late or not at all, how often, and how late at worst?
with

broken as (

    select
        pipeline_key,
        count(*) filter (where state = 'late') as late_deliveries,
        count(*) filter (where state = 'missed') as missed_deliveries,
        max(late_seconds) as most_late_seconds,
        max(expected_at) as last_expected_at
    from {{ ref('fct_deliveries') }}
    where
        state in ('late', 'missed')
        and expected_on >= cast('{{ var("analysis_since_on") }}' as date)
    group by pipeline_key

)

select
    pipelines.pipeline_name,
    teams.team_name,
    broken.late_deliveries,
    broken.missed_deliveries,
    broken.most_late_seconds,
    broken.last_expected_at
from broken
inner join {{ ref('dim_pipelines_current') }} as pipelines on broken.pipeline_key = pipelines.pipeline_key
inner join {{ ref('dim_teams_current') }} as teams on pipelines.team_key = teams.team_key
order by broken.missed_deliveries desc, broken.late_deliveries desc, pipelines.pipeline_name asc
