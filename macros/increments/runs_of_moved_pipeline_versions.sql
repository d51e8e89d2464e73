{% macro runs_of_moved_pipeline_versions() -%}
    select kept.pipeline_run_key
    from ({{ rows_of_several_versions('dim_pipelines') }}) as kept
    inner join {{ ref('fct_pipeline_runs') }} as pipeline_runs on kept.pipeline_run_key = pipeline_runs.pipeline_run_key
    where kept.pipeline_version_key <> pipeline_runs.pipeline_version_key
{%- endmacro %}
