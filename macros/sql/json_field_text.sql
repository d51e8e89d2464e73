{% macro json_field_text(parsed, path) -%}
    {{ return(adapter.dispatch('json_field_text', 'plumbline')(parsed, path)) }}
{%- endmacro %}

{% macro default__json_field_text(parsed, path) -%}
    ({{ parsed }} #>> '{{ "{" ~ path | join(",") ~ "}" }}')
{%- endmacro %}

{% macro duckdb__json_field_text(parsed, path) -%}
    {{ parsed }}{% for name in path %}."{{ name }}"{% endfor %}
{%- endmacro %}
