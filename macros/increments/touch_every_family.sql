{#- What is built from nothing needs every run, also where only it is built. -#}
{% macro touch_every_family() -%}
    {%- if execute and not is_incremental() -%}
        {%- set touched = built_relation('int_openlineage_runs__touched') -%}
        insert into {{ touched }}
        select
            runs.source_name,
            runs.run_id,
            true
        from {{ built_relation('int_openlineage_runs__merged') }} as runs
        where
            not exists (
                select 1
                from {{ touched }} as touched
                where touched.is_rebuilt and touched.source_name = runs.source_name and touched.run_id = runs.run_id
            );
        {{ analyze_table(touched) }}
    {%- endif -%}
{%- endmacro %}
