{% macro to_bigint(column) -%}
    case
        when {{ plumbline.to_number(column) }} between -9e15 and 9e15
            then cast({{ plumbline.to_number(column) }} as bigint)
    end
{%- endmacro %}
