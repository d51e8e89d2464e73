{#- A source that has fallen silent keeps its last days, which the loader reads again. Feeds of alerts may well be silent,
    so they have no present of their own and go by that of all, as what belongs to no source does. -#}
{% macro purged_sources() -%}
create temporary table purge_limits as
with presents as (
    select source_name, as_of_at from {{ built_relation('int_sources__as_of') }}
    union all
    select distinct loads.source_name, newest.as_of_at
    from {{ built_relation('stg_plumbline__loads') }} as loads
    inner join {{ built_relation('int_sources__as_of') }} as newest on newest.source_name = '*'
    where loads.source_name not in (select known.source_name from {{ built_relation('int_sources__as_of') }} as known)
)

select
    source_name,
    {{ retention_limit(retention_days('raw') or 0, 'cast(as_of_at as date)') }} as purge_before
from presents
{%- endmacro %}
