{#- A month has no length, nor has what is made of months; over time they have these. -#}
{% macro shorthand_seconds(column) -%}
    {{ plumbline.to_number("left(" ~ column ~ ", -1)") }}
    * case right({{ column }}, 1)
        when 'm' then 60
        when 'h' then 3600
        when 'd' then 86400
        when 'w' then 7 * 86400
        when 'M' then 30 * 86400
        when 'Q' then 91 * 86400
        when 'Y' then 365 * 86400
    end
{%- endmacro %}
