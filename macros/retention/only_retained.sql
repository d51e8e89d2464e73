{#- In one place for increments and full refreshes, so that neither brings back what was purged. -#}
{% macro only_retained(times) -%}
    {%- set days = retention_days(this.name) -%}
    {%- if days is not none -%}
        where {{ is_retained(times, days, ref('int_sources__as_of')) }}
    {%- endif -%}
{%- endmacro %}
