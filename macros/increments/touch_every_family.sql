{#- What is built from nothing needs every run, also where only it is built. -#}
{% macro touch_every_family() -%}
    {%- if execute and not is_incremental() -%}
        {%- set touched = built_relation('int_openlineage_runs__touched') -%}
        insert into {{ touched }}
        select
            source_name,
            run_id,
            true
        from {{ built_relation('int_openlineage_runs__merged') }}
        where (source_name, run_id) not in (select source_name, run_id from {{ touched }} where is_rebuilt)
    {%- endif -%}
{%- endmacro %}
