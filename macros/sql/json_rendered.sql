{% macro json_rendered(parsed) -%}
    {{ return(adapter.dispatch('json_rendered', 'plumbline')(parsed)) }}
{%- endmacro %}

{% macro default__json_rendered(parsed) -%}
    {{ parsed }}
{%- endmacro %}

{% macro duckdb__json_rendered(parsed) -%}
    case when {{ parsed }} is not null then to_json({{ parsed }}) end
{%- endmacro %}
