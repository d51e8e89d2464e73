{% macro instants_between(first, last, step) -%}
    {{ return(adapter.dispatch('instants_between', 'plumbline')(first, last, step)) }}
{%- endmacro %}

{% macro default__instants_between(first, last, step) -%}
    generate_series({{ first }}, {{ last }}, {{ step }})
{%- endmacro %}

{% macro duckdb__instants_between(first, last, step) -%}
    unnest(generate_series({{ first }}, {{ last }}, {{ step }}))
{%- endmacro %}
