{% macro is_rebuilt() -%}
    pipeline_run_key in (select pipeline_run_key from rebuilt)
{%- endmacro %}
