{% macro task_key(relation=none) -%}
    {{ identity_key(['platform', 'platform_instance', 'pipeline_name', 'task_name'], relation) }}
{%- endmacro %}
