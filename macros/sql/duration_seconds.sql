{#- An amount with its unit apart, or both in one text: 24h, P1D, PT30M. What is made of several units is none. A month and
    a year have no length; over time they have these. -#}
{% macro duration_seconds(amount, unit) -%}
    {{ plumbline.to_number("left(regexp_replace(" ~ amount ~ ", '[^0-9.+-]', '', 'g'), 30)") }}
    * case {{ plumbline.duration_unit(amount, unit) }}
        when 'millisecond' then 0.001
        when 'second' then 1
        when 'minute' then 60
        when 'hour' then 3600
        when 'day' then 86400
        when 'week' then 7 * 86400
        when 'month' then 30 * 86400
        when 'year' then 365 * 86400
    end
{%- endmacro %}
