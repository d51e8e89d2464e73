{#- Of rows that have the names of their run and not yet its key. A unit test gives the rows that it is about. -#}
{% macro is_of_rebuilt_run() -%}
    {%- if model is defined and model.resource_type == 'unit_test' -%}
        {{ return('true') }}
    {%- endif -%}
    {{ pipeline_run_key() }} in (select pipeline_run_key from rebuilt)
{%- endmacro %}
