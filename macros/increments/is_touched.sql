{#- A unit test gives the rows that it is about. -#}
{% macro is_touched() -%}
    {%- if model is defined and model.resource_type == 'unit_test' -%}
        true
    {%- else -%}
        pipeline_run_key in (select pipeline_run_key from {{ ref('int_pipeline_runs__touched') }})
    {%- endif -%}
{%- endmacro %}
