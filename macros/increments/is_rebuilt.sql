{#- A unit test gives the rows that it is about, whose keys it does not work out. -#}
{% macro is_rebuilt(key='pipeline_run_key') -%}
    {%- if key != 'pipeline_run_key' and model is defined and model.resource_type == 'unit_test' -%}
        {{ return('true') }}
    {%- endif -%}
    {{ key }} in (select pipeline_run_key from rebuilt)
{%- endmacro %}
