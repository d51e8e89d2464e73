{#- Where it is, what was not seen may have been purged, and is no proof of anything. -#}
{% macro is_history_cut(fact) -%}
    {{ 'false' if retention_days(fact) is none and retention_days('raw') is none else 'true' }}
{%- endmacro %}
