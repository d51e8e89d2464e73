{#- Rounded as double precision, which is the same everywhere; engines differ in how a cast to numeric rounds a half. -#}
{% macro json_number(value) -%}
    cast(rtrim(rtrim(cast(
        cast(floor(cast({{ value }} as double precision) * 10000 + 0.5) / 10000 as numeric(18, 4)) as text
    ), '0'), '.') as json)
{%- endmacro %}
