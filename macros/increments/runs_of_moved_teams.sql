{#- The team is that of the task at the time; where it changed over time, all of the task's runs are built again. -#}
{% macro runs_of_moved_teams() -%}
    select kept.pipeline_run_key
    from {{ this }} as kept
    inner join (
        select
            task_key,
            cast(min(cast(team_key as text)) as uuid) as first_team_key,
            cast(max(cast(team_key as text)) as uuid) as last_team_key
        from {{ ref('dim_tasks') }}
        where is_retired is not true
        group by 1
    ) as owned
        on kept.task_key = owned.task_key
    where kept.team_key <> owned.first_team_key or owned.first_team_key <> owned.last_team_key
{%- endmacro %}
