{#- A source that has fallen silent keeps its last days, which the loader reads again. -#}
{% macro purged_sources() -%}
create temporary table purge_limits as
select
    source_name,
    {{ retention_limit(retention_days('raw') or 0, 'cast(as_of_at as date)') }} as purge_before
from {{ built_relation('int_sources__as_of') }}
where source_name <> '*'
{%- endmacro %}
