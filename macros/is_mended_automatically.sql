{% macro is_mended_automatically(summary, annotations) -%}
    (
        coalesce(lower({{ annotations }}) like '%remediat%automat%', false)
        {%- for words in ['auto-remediat', 'auto remediat', 'automatically remediat', 'self-heal', 'auto-heal', 'autoheal'] %}
        or lower(concat({{ summary }}, ' ', {{ annotations }})) like '%{{ words }}%'
        {%- endfor %}
    )
{%- endmacro %}
