-- Which alerts are about nothing that is known here, or no one thing? A line in seeds/alert_mappings.csv links them.
select
    source_name,
    tool,
    title,
    link_method,
    count(*) as alert_count,
    max(subject_count) as subject_count,
    max(fired_at) as last_fired_at
from {{ ref('fct_alerts') }}
where link_method in ('none', 'ambiguous')
group by source_name, tool, title, link_method
order by alert_count desc, last_fired_at desc, title asc
