{% macro increments_version(relation) %}
    {%- set found = modules.re.match('increments version (\d+)$', table_comment(relation) or '') -%}
    {{ return(found.group(1) | int if found else 1) }}
{% endmacro %}
