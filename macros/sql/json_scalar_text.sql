{% macro json_scalar_text(value) -%}
    {{ return(adapter.dispatch('json_scalar_text', 'plumbline')(value)) }}
{%- endmacro %}

{% macro default__json_scalar_text(value) -%}
    ({{ value }} #>> '{}')
{%- endmacro %}

{% macro duckdb__json_scalar_text(value) -%}
    ({{ value }} ->> '$')
{%- endmacro %}
