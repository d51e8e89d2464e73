{#- What is built from nothing needs every run. -#}
{% macro begin_increment() -%}
    {%- if execute and config.get('incremental_strategy') == 'rebuild_touched_runs' and not is_incremental() -%}
        delete from {{ increments_relation() }} where model_name = '{{ this.identifier }}';
        insert into {{ increments_relation() }} values ('{{ this.identifier }}', 0)
    {%- endif -%}
{%- endmacro %}
