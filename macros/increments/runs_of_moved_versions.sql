{% macro runs_of_moved_versions(dimension, at, has_team=false) -%}
    {%- set member = dimension | replace('dim_', '') | trim('s') -%}
    select kept.pipeline_run_key
    from {{ this }} as kept
    left join {{ ref(dimension) }} as held
        on
            kept.{{ member }}_key = held.{{ member }}_key
            and {{ held_at('held', at) }}
    where
        kept.{{ member }}_version_key <> coalesce(held.{{ member }}_version_key, {{ unknown_key() }})
        {%- if has_team %}
        or kept.team_key <> coalesce(held.team_key, {{ unknown_key() }})
        {%- endif %}
{%- endmacro %}
