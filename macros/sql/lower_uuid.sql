{% macro lower_uuid(value) -%}
    case when {{ value }} like '________-____-____-____-____________' then lower({{ value }}) else {{ value }} end
{%- endmacro %}
