{#- The range of the days lets the engine pass over what was seen long before; the days themselves leave out what lies between. -#}
{% macro is_on_days(days) -%}
    seen_on in (select seen_on from {{ days }})
    and event_at >= (select min(seen_on) from {{ days }})
    and event_at < (select max(seen_on) + interval '1 day' from {{ days }})
{%- endmacro %}
