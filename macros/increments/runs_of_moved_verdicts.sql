{#- An attempt without an end is running or lost, as its run is. -#}
{% macro runs_of_moved_verdicts() -%}
    select kept.pipeline_run_key
    from {{ this }} as kept
    inner join {{ ref('fct_pipeline_runs') }} as pipeline_runs on kept.pipeline_run_key = pipeline_runs.pipeline_run_key
    where
        kept.state in ('queued', 'running', 'lost')
        and (kept.state = 'lost') = (pipeline_runs.verdict = 'running')
{%- endmacro %}
