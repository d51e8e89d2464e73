{% macro newest_load() -%}
    (select coalesce(max(loaded_at), cast('0001-01-01' as timestamp)) from {{ this }})
{%- endmacro %}
