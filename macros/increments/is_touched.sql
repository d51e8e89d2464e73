{#- A unit test gives the rows that it is about, and what is built from nothing needs every run. -#}
{% macro is_touched(key='pipeline_run_key') -%}
    {%- if model is defined and model.resource_type == 'unit_test' -%}
        {{ return('true') }}
    {%- endif -%}
    {%- set touched = ref('int_pipeline_runs__touched') -%}
    {%- if execute and model.config.materialized == 'incremental' and not is_incremental() -%}
        {{ return('true') }}
    {%- endif -%}
    {{ key }} in (select pipeline_run_key from {{ touched }})
{%- endmacro %}
