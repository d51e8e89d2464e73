{% macro task_attempt_key(relation=none) -%}
    {{ identity_key(
        ['platform', 'platform_instance', 'pipeline_name', 'run_id', 'task_name', 'attempt_id'], relation
    ) }}
{%- endmacro %}
