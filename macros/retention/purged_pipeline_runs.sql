{#- What is made of a run goes with the last record of it. -#}
{% macro purged_pipeline_runs() -%}
select
    runs.pipeline_run_key,
    judged.heard_of_at as last_at
from {{ built_relation('int_pipeline_runs__resolved') }} as runs
inner join {{ built_relation('int_pipeline_runs__judged') }} as judged on runs.pipeline_run_key = judged.pipeline_run_key
inner join purge_limits as limits on runs.source_name = limits.source_name
where
    judged.heard_of_at < limits.purge_before
    and not exists (
        select 1
        from {{ built_relation('int_openlineage_runs__identified') }} as identified
        where
            identified.pipeline_run_key = runs.pipeline_run_key
            and not exists (
                select 1 from purged_openlineage_run as gone
                where gone.source_name = identified.source_name and gone.run_id = identified.openlineage_run_id
            )
    )
{%- endmacro %}
