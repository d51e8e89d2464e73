-- What is made from each dataset, and how many teams would notice if it broke?
select
    upstream.subject_name as dataset,
    count(*) as downstream_datasets,
    count(*) filter (where lineage.depth = 1) as direct_downstream_datasets,
    max(lineage.depth) as deepest,
    count(distinct downstream.team_key) as downstream_teams
from {{ ref('bridge_lineage') }} as lineage
inner join {{ ref('dim_datasets_current') }} as upstream on lineage.upstream_dataset_key = upstream.dataset_key
inner join {{ ref('dim_datasets_current') }} as downstream on lineage.downstream_dataset_key = downstream.dataset_key
group by upstream.subject_name
order by downstream_datasets desc, dataset asc
