{% macro json_number(value) -%}
    cast(rtrim(rtrim(cast(cast({{ value }} as numeric(18, 4)) as text), '0'), '.') as json)
{%- endmacro %}
