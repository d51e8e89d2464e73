{% macro end_increment() -%}
    {%- if execute and config.get('incremental_strategy') == 'rebuild_touched_runs' -%}
        delete from {{ increments_relation() }} where model_name = '{{ this.identifier }}';
        insert into {{ increments_relation() }}
        select '{{ this.identifier }}', coalesce(max(increment), 0)
        from (
            select increment from {{ built_relation('int_openlineage_runs__identified') }}
            union all
            select increment from {{ built_relation('int_pipeline_runs__reported') }}
        ) as increments
    {%- endif -%}
{%- endmacro %}
