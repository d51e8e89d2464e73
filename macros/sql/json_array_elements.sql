{% macro json_array_elements(column, alias, shape='json') -%}
    {{ return(adapter.dispatch('json_array_elements', 'plumbline')(column, alias, shape)) }}
{%- endmacro %}

{% macro default__json_array_elements(column, alias, shape) -%}
    cross join lateral jsonb_array_elements(
        case when jsonb_typeof(cast({{ column }} as jsonb)) = 'array' then cast({{ column }} as jsonb) else cast('[]' as jsonb) end
    ) with ordinality as {{ alias }} (element, element_index)
{%- endmacro %}

{% macro duckdb__json_array_elements(column, alias, shape) -%}
    {%- set parsed -%} {{ plumbline.duckdb__json_parse(column, [shape]) }} {%- endset -%}
    cross join lateral (
        select
            unnest({{ parsed }}) as element,
            generate_subscripts({{ parsed }}, 1) as element_index
    ) as {{ alias }}
{%- endmacro %}
