-- In which hours was a dataset older than its service levels allow, and how fast did their budgets burn?
select
    service_levels.service_level_name,
    slices.slice_at,
    slices.stale_seconds,
    slices.burn_2h,
    slices.burn_24h
from {{ ref('fct_service_level_slices') }} as slices
inner join {{ ref('dim_service_levels') }} as service_levels
    on slices.service_level_version_key = service_levels.service_level_version_key
inner join {{ ref('dim_datasets_current') }} as datasets on service_levels.dataset_key = datasets.dataset_key
where
    datasets.subject_name = '{{ var("analysis_dataset") }}'
    and slices.state = 'bad'
    and slices.slice_at >= cast('{{ var("analysis_since_on") }}' as timestamp)
order by slices.slice_at desc, service_levels.service_level_name asc
