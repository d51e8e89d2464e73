{#- One pass takes out comments, and literals with a number of four digits such as dates, together, so that neither is
    looked for inside the other. The name of what a statement writes is taken out too. -#}
{% macro normalized_sql(query) -%}
    {%- set literal = "''(\\d{0,3}([^''\\d]|''''))*\\d{0,3}''" -%}
    {%- set left_out = "''([^'']|'''')*''|/\\*[^*]*\\*+([^/*][^*]*\\*+)*/|--[^\\n]*" -%}
    {%- set writing = "insert (into|overwrite)( table)?|merge into|delete from|truncate( table)?|copy into|"
        ~ "create (or replace )?((global |local )?(temp|temporary) |transient |unlogged )?"
        ~ "(table|(materialized )?view)( if not exists)?" -%}
    nullif(trim(regexp_replace(
        lower(regexp_replace(
            regexp_replace({{ query }}, '({{ literal }})|{{ left_out }}', '\1 ', 'g'), '\s+', ' ', 'g'
        )),
        '(^|[^a-z0-9_])({{ writing }}) [^ (]+', '\1\2 ?', 'g'
    )), '')
{%- endmacro %}
