{% macro threshold_columns(names) -%}
    {%- for name in names %}
    {{- threshold(name) }} as {{ name }}{{ ', ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
