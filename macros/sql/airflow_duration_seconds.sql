{% macro airflow_duration_seconds(value) -%}
    {%- set scalar = json_scalar_text(value) -%}
    {%- set encoded = json_field_text('(' ~ json_parse(value, {'__var': 'text'}) ~ ')', ['__var']) -%}
    coalesce({{ to_number(scalar) }}, {{ to_number(encoded) }})
{%- endmacro %}
