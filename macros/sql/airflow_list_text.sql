{% macro airflow_list_text(value) -%}
    nullif(
        replace(
            replace(replace(replace(replace(cast({{ value }} as text), '[', ''), ']', ''), '"', ''), ', ', ','),
            ',', ', '
        ),
        'null'
    )
{%- endmacro %}
