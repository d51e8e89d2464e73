{% macro built_by_all() -%}
    {%- if execute -%}
        (select coalesce(min(built_until), 0) from {{ increments_relation() }})
    {%- else -%}
        0
    {%- endif -%}
{%- endmacro %}
