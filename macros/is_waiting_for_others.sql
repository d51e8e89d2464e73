{% macro is_waiting_for_others(title, labels) -%}
    (
        {%- for words in ['waiting for', 'awaiting', 'on hold', 'pending vendor', 'pending supplier'] %}
        lower(concat({{ title }}, ' ', {{ labels }})) like '%{{ words }}%'{{ ' or' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}
