{% macro runs_of_moved_versions(dimension, at, has_team=false) -%}
    {%- set member = dimension | replace('dim_', '') | trim('s') -%}
    select kept.pipeline_run_key
    from ({{ rows_of_several_versions(dimension) }}) as kept
    left join {{ ref(dimension) }} as held
        on
            kept.{{ member }}_key = held.{{ member }}_key
            and {{ held_at('held', at) }}
    where kept.{{ member }}_version_key <> coalesce(held.{{ member }}_version_key, {{ unknown_key() }})
    {%- if has_team %}
        union
        select kept.pipeline_run_key
        from {{ this }} as kept
        inner join {{ ref(dimension) }} as held on kept.{{ member }}_version_key = held.{{ member }}_version_key
        where kept.team_key <> held.team_key
    {%- endif %}
{%- endmacro %}
