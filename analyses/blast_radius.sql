-- A dataset is broken: what is made from it, in how many steps, whose is it, and when was it written last?
select
    downstream.subject_name as dataset,
    lineage.depth,
    teams.team_name,
    writes.last_written_at
from {{ ref('bridge_lineage') }} as lineage
inner join {{ ref('dim_datasets_current') }} as upstream on lineage.upstream_dataset_key = upstream.dataset_key
inner join {{ ref('dim_datasets_current') }} as downstream on lineage.downstream_dataset_key = downstream.dataset_key
inner join {{ ref('dim_teams_current') }} as teams on downstream.team_key = teams.team_key
left join lateral (
    select max(dataset_writes.written_at) as last_written_at
    from {{ ref('fct_dataset_writes') }} as dataset_writes
    where dataset_writes.dataset_key = lineage.downstream_dataset_key
) as writes on true
where upstream.subject_name = '{{ var("analysis_dataset") }}'
order by lineage.depth asc, dataset asc
