{% macro json_list_elements(column, alias) -%}
    {{ return(adapter.dispatch('json_list_elements', 'plumbline')(column, alias)) }}
{%- endmacro %}

{% macro default__json_list_elements(column, alias) -%}
    {{ plumbline.default__json_array_elements(column, alias, 'json') }}
{%- endmacro %}

{#- A list that is parsed in a step of its own unnests in a stream; parsed inside the join it would be joined to itself. -#}
{% macro duckdb__json_list_elements(column, alias) -%}
    cross join lateral (
        select
            unnest({{ column }}) as element,
            generate_subscripts({{ column }}, 1) as element_index
    ) as {{ alias }}
{%- endmacro %}
