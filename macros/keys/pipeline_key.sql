{% macro pipeline_key(relation=none) -%}
    {{ identity_key(['platform', 'platform_instance', 'pipeline_name'], relation) }}
{%- endmacro %}
