{#- No error while the project is parsed, so that the operation can say everything that is wrong. -#}
{% macro retention_days(name) %}
    {%- set given = var('retention_days') -%}
    {%- set days = given.get(name) if given is mapping else none -%}
    {%- if execute and days is not none and (days is not integer or days < 1) -%}
        {%- do exceptions.raise_compiler_error(
            "dbt_project.yml: retention_days." ~ name ~ ": must be a whole number of days from 1 on, not " ~ days ~ "."
        ) -%}
    {%- endif -%}
    {{ return(days) }}
{% endmacro %}
