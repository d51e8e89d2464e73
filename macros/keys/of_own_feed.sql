{% macro of_own_feed(column) -%}
    coalesce(
        max({{ column }}) filter (where feed = platform),
        max({{ column }}) filter (where feed <> platform)
    )
{%- endmacro %}
