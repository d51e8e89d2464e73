{% macro json_field(parsed, path) -%}
    {{ return(adapter.dispatch('json_field', 'plumbline')(parsed, path)) }}
{%- endmacro %}

{% macro default__json_field(parsed, path) -%}
    ({{ parsed }} #> '{{ "{" ~ path | join(",") ~ "}" }}')
{%- endmacro %}

{% macro duckdb__json_field(parsed, path) -%}
    {{ parsed }}{% for name in path %}."{{ name }}"{% endfor %}
{%- endmacro %}
