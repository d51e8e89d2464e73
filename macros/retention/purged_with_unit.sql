{% macro purged_with_unit(relation, history) -%}
    {%- for column, of_unit in history.columns.items() -%}
        gone.{{ of_unit }} = {{ relation }}.{{ column }}{{ ' and ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
