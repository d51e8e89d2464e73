{% macro runs_of_moved_checks() -%}
    select kept.pipeline_run_key
    from {{ this }} as kept
    left join {{ ref('dim_checks') }} as held on kept.check_key = held.check_key and held.is_retired is not true
    where
        held.check_key is null
        or kept.dataset_key <> held.dataset_key
        or kept.team_key <> held.team_key
{%- endmacro %}
