{% macro begin_transaction() %}
    {{- return(adapter.dispatch('begin_transaction', 'plumbline')()) -}}
{% endmacro %}

{#- dbt leaves the beginning to PostgreSQL's driver, which does not see the COMMIT that dbt sends before an operation, and
    so begins nothing behind it. -#}
{% macro default__begin_transaction() %}
    {%- call statement('begin', auto_begin=true) %}begin{% endcall -%}
{% endmacro %}

{% macro duckdb__begin_transaction() %}
    {%- call statement('begin', auto_begin=true) %}select 1{% endcall -%}
{% endmacro %}
