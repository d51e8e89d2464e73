{% macro analyze_table(relation=this) -%}
    {{ return(adapter.dispatch('analyze_table', 'plumbline')(relation)) }}
{%- endmacro %}

{% macro default__analyze_table(relation) -%}
{%- endmacro %}

{% macro postgres__analyze_table(relation) -%}
    analyze {{ relation }}
{%- endmacro %}
