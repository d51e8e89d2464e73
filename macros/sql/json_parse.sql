{% macro json_parse(column, shape) -%}
    {{ return(adapter.dispatch('json_parse', 'plumbline')(column, shape)) }}
{%- endmacro %}

{% macro default__json_parse(column, shape) -%}
    cast({{ column }} as jsonb)
{%- endmacro %}

{% macro duckdb__json_parse(column, shape) -%}
    from_json({{ column }}, '{{ tojson(shape) | replace('"text"', '"VARCHAR"') | replace('"json"', '"JSON"') }}')
{%- endmacro %}
