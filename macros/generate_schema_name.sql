{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- set name = custom_schema_name | trim if custom_schema_name else target.schema -%}
    {{ env_var('PLUMBLINE_SCHEMA_PREFIX', '') ~ name }}
{%- endmacro %}
