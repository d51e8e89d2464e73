{#- Counted, and not a time of loading: a run moves with what another feed loaded, or with what is configured. -#}
{% macro next_increment() -%}
    {%- if execute -%}
        (select coalesce(max(built_until), 0) + 1 from {{ increments_relation() }})
    {%- else -%}
        1
    {%- endif -%}
{%- endmacro %}
