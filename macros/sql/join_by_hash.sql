{% macro join_by_hash() -%}
    {{ return(adapter.dispatch('join_by_hash', 'plumbline')()) }}
{%- endmacro %}

{% macro default__join_by_hash() -%}
{%- endmacro %}

{#- PostgreSQL takes what two columns leave of a table for far less than it is, where one of them follows from the other, and
    would then go through all rows of a join for each row of the other side. -#}
{% macro postgres__join_by_hash() -%}
    set local enable_nestloop = off
{%- endmacro %}
