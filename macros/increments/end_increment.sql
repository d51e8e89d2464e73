{% macro end_increment() -%}
    {%- if execute and config.get('incremental_strategy') == 'rebuild_touched_runs' -%}
        delete from {{ increments_relation() }} where model_name = '{{ this.identifier }}';
        insert into {{ increments_relation() }}
        select '{{ this.identifier }}', coalesce(max(loaded_at), cast('0001-01-01' as timestamp))
        from {{ built_relation('int_openlineage_runs__identified') }}
    {%- endif -%}
{%- endmacro %}
