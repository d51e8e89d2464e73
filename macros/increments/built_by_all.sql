{% macro built_by_all() -%}
    {%- if execute -%}
        (select coalesce(min(built_until), cast('0001-01-01' as timestamp)) from {{ increments_relation() }})
    {%- else -%}
        cast('0001-01-01' as timestamp)
    {%- endif -%}
{%- endmacro %}
