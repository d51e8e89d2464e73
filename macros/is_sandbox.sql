{% macro is_sandbox(relation) -%}
    (
        {%- for tag in ['sandbox', 'dev', 'development', 'playground', 'test'] %}
        coalesce(', ' || lower({{ relation }}.tags) || ', ' like '%, {{ tag }}, %', false) or
        {%- endfor %}
        coalesce('/' || lower({{ relation }}.file_location) like '%/sandbox/%', false)
    )
{%- endmacro %}
