{% macro to_number(column) -%}
    {{ return(adapter.dispatch('to_number', 'plumbline')(column)) }}
{%- endmacro %}

{% macro default__to_number(column) -%}
    case
        when {{ column }} ~ '^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?\s*$'
            then cast({{ column }} as double precision)
    end
{%- endmacro %}

{% macro duckdb__to_number(column) -%}
    try_cast({{ column }} as double precision)
{%- endmacro %}
