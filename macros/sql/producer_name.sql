{% macro producer_name(producer) -%}
    regexp_replace(
        regexp_replace(
            regexp_replace({{ producer }}, '^https?://(github\.com/)?', ''), '/(tree|blob)/', '/'
        ),
        '/v?[0-9]+[.-][0-9]+[^/]*', ''
    )
{%- endmacro %}
