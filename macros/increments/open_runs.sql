{% macro open_runs() -%}
    select pipeline_run_key
    from {{ this }}
    where verdict in ('running', 'lost')
{%- endmacro %}
