{% macro newest_load(relation=this) -%}
    (select coalesce(max(loaded_at), cast('0001-01-01' as timestamp)) from {{ relation }})
{%- endmacro %}
