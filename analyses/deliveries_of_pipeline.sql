-- When was each delivery of a pipeline due, when was it there, and what excuses those that were not?
select
    deliveries.expected_at,
    deliveries.due_at,
    deliveries.available_at,
    deliveries.state,
    deliveries.late_seconds,
    deliveries.excuse
from {{ ref('fct_deliveries') }} as deliveries
inner join {{ ref('dim_pipelines_current') }} as pipelines on deliveries.pipeline_key = pipelines.pipeline_key
where
    pipelines.pipeline_name = '{{ var("analysis_pipeline") }}'
    and deliveries.expected_on >= cast('{{ var("analysis_since_on") }}' as date)
order by deliveries.expected_at desc, deliveries.due_at desc
