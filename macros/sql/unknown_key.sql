{% macro unknown_key() -%}
    cast('00000000-0000-0000-0000-000000000000' as uuid)
{%- endmacro %}
