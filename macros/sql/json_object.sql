{% macro json_object(fields) -%}
    '{'
    {%- for name, expression in fields.items() %} || '
    {%- if not loop.first %}, {% endif %}"{{ name }}": ' || coalesce(cast(to_json({{ expression }}) as text), 'null')
    {%- endfor %} || '}'
{%- endmacro %}
