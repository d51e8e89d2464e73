{% macro identity_key(columns, relation=none) -%}
    {%- set prefix = relation ~ '.' if relation else '' -%}
    {%- set qualified = [] -%}
    {%- for column in columns %}{% do qualified.append(prefix ~ column) %}{% endfor -%}
    case
        when {{ qualified[-1] }} is null then {{ unknown_key() }}
        else {{ surrogate_key(qualified) }}
    end
{%- endmacro %}
