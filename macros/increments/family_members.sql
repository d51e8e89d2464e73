{% macro family_members(identified, heads) -%}
    {%- for column in ['openlineage_run_id', 'parent_openlineage_run_id', 'host_run_id', 'top_run_id'] %}
    {{ 'union' if not loop.first }}
    select
        source_name,
        openlineage_run_id as run_id
    from {{ identified }}
    where {{ column }} in (select run_id from {{ heads }})
    {%- endfor %}
{%- endmacro %}
