{% macro pipeline_run_key(relation=none) -%}
    {{ identity_key(['platform', 'platform_instance', 'pipeline_name', 'run_id'], relation) }}
{%- endmacro %}
