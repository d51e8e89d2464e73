{% macro held_at(member, at) -%}
    coalesce({{ at }}, cast('1900-01-01' as timestamp)) >= {{ member }}.valid_from
    and coalesce({{ at }}, cast('1900-01-01' as timestamp)) < {{ member }}.valid_to
{%- endmacro %}
