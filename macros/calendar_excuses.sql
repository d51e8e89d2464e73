{#- Reads the CTEs assets and calendars of the model that calls it. -#}
{% macro calendar_excuses(expected, subject_key, keys) -%}
    select
        {%- for key in keys %}
        {{ expected }}.{{ key }},
        {%- endfor %}
        min(assets.calendar) as calendar,
        min(calendars.kind || ': ' || calendars.reason) as excuse
    from {{ expected }}
    inner join assets on {{ expected }}.{{ subject_key }} = assets.subject_key
    inner join calendars
        on
            assets.calendar = calendars.calendar
            and {{ expected }}.expected_at >= calendars.starts_at
            and {{ expected }}.expected_at < calendars.ends_at
    group by {{ expected }}.{{ keys | join(", " ~ expected ~ ".") }}
{%- endmacro %}
