{% macro json_list_first(parsed, path, name, value) -%}
    {{ return(adapter.dispatch('json_list_first', 'plumbline')(parsed, path, name, value)) }}
{%- endmacro %}

{% macro default__json_list_first(parsed, path, name, value) -%}
    jsonb_path_query_first(
        {{ parsed }}, '$.{{ path | join(".") }}[*] ? (@.{{ name }} == "{{ value }}")'
    )
{%- endmacro %}

{% macro duckdb__json_list_first(parsed, path, name, value) -%}
    list_filter(
        {{ plumbline.duckdb__json_field(parsed, path) }}, lambda element: element."{{ name }}" = '{{ value }}'
    )[1]
{%- endmacro %}
