{#- A unit test gives the rows that it is about, and what is built from nothing needs every run. -#}
{% macro is_of_touched_family(rebuilt_only=false) -%}
    {%- if model is defined and model.resource_type == 'unit_test' -%}
        {{ return('true') }}
    {%- endif -%}
    {%- set touched = ref('int_openlineage_runs__touched') -%}
    {%- if execute and not previous_build_of('int_openlineage_runs__identified') -%}
        {{ return('true') }}
    {%- endif -%}
    (source_name, run_id) in (
        select source_name, run_id from {{ touched }}
        {%- if rebuilt_only %} where is_rebuilt{% endif %}
    )
{%- endmacro %}
