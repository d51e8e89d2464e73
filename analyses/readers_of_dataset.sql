-- Who reads a dataset, how often, and when last? Whom to ask before it changes.
select
    pipelines.pipeline_name,
    teams.team_name,
    count(*) as reads,
    max(reads.read_at) as last_read_at
from {{ ref('fct_dataset_reads') }} as reads
inner join {{ ref('dim_datasets_current') }} as datasets on reads.dataset_key = datasets.dataset_key
inner join {{ ref('dim_pipelines_current') }} as pipelines on reads.pipeline_key = pipelines.pipeline_key
inner join {{ ref('dim_teams_current') }} as teams on pipelines.team_key = teams.team_key
where
    datasets.subject_name = '{{ var("analysis_dataset") }}'
    and reads.read_at >= cast('{{ var("analysis_since_on") }}' as timestamp)
group by pipelines.pipeline_name, teams.team_name
order by reads desc, pipelines.pipeline_name asc
