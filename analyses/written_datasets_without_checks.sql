-- Which datasets are written, and checked by nothing?
select
    datasets.subject_name,
    teams.team_name,
    count(*) as writes,
    max(writes.written_at) as last_written_at
from {{ ref('fct_dataset_writes') }} as writes
inner join {{ ref('dim_datasets_current') }} as datasets on writes.dataset_key = datasets.dataset_key
inner join {{ ref('dim_teams_current') }} as teams on datasets.team_key = teams.team_key
left join {{ ref('dim_checks') }} as checks on datasets.dataset_key = checks.dataset_key
where
    checks.check_key is null
    and writes.written_at >= cast('{{ var("analysis_since_on") }}' as timestamp)
group by datasets.subject_name, teams.team_name
order by last_written_at desc, datasets.subject_name asc
