{#- An attempt that is not kept is nobody's parent. -#}
{% macro only_retained_parents() -%}
    {%- set days = retention_days('fct_task_attempts') -%}
    {%- if days is not none -%}
        where parent_task_attempt_key in (
            select task_attempt_key
            from {{ ref('int_task_attempts__resolved') }}
            where {{ is_retained(
                ['last_seen_at', 'ended_at', 'started_at', 'queued_at'], days, ref('int_sources__as_of')
            ) }}
        )
    {%- endif -%}
{%- endmacro %}
