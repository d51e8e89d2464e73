{#- The metadata's newest day counts as one that is kept whole. -#}
{% macro retention_limit(days, day) -%}
    {{ dbt.dateadd('day', -(days | int), 'cast(' ~ day ~ ' as timestamp)') }}
{%- endmacro %}
