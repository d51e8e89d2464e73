{% macro json_first_element(parsed, path) -%}
    {{ return(adapter.dispatch('json_first_element', 'plumbline')(parsed, path)) }}
{%- endmacro %}

{% macro default__json_first_element(parsed, path) -%}
    {{ plumbline.default__json_field(parsed, path + ['0']) }}
{%- endmacro %}

{% macro duckdb__json_first_element(parsed, path) -%}
    {{ plumbline.duckdb__json_field(parsed, path) }}[1]
{%- endmacro %}
