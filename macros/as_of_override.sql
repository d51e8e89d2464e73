{% macro as_of_override() -%}
    {%- if var('as_of') -%}
    cast('{{ var("as_of") | string | replace("'", "") }}' as timestamp)
    {%- else -%}
    cast(null as timestamp)
    {%- endif -%}
{%- endmacro %}
