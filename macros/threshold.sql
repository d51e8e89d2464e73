{% macro threshold(name, thresholds='thresholds') -%}
    coalesce({{ thresholds }}.{{ name }}, default_{{ thresholds }}.{{ name }})
{%- endmacro %}
