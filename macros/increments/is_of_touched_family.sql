{#- A unit test gives the rows that it is about. -#}
{% macro is_of_touched_family(rebuilt_only=false) -%}
    {%- if model is defined and model.resource_type == 'unit_test' -%}
        true
    {%- else -%}
        (source_name, run_id) in (
            select source_name, run_id
            from {{ ref('int_openlineage_runs__touched') }}
            {%- if rebuilt_only %} where is_rebuilt{% endif %}
        )
    {%- endif -%}
{%- endmacro %}
