{#- One pass takes out literals and comments together, so that neither is looked for inside the other. -#}
{% macro normalized_sql(query) -%}
    nullif(trim(lower(regexp_replace(
        regexp_replace({{ query }}, '''([^'']|'''')*''|/\*[^*]*\*+([^/*][^*]*\*+)*/|--[^\n]*', ' ', 'g'),
        '\s+', ' ', 'g'
    ))), '')
{%- endmacro %}
