{% macro surrogate_key(expressions) -%}
    cast(md5(
        {%- for expression in expressions %}
        {%- if not loop.first %} || chr(31) || {% endif -%}
        coalesce(cast({{ expression }} as text), chr(30))
        {%- endfor -%}
    ) as uuid)
{%- endmacro %}
