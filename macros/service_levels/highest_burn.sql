{#- Of deliveries whole days are known, and too few of them say nothing. -#}
{% macro highest_burn(pair) -%}
    {%- if pair.long_hours == 168 and pair.short_hours == 24 -%}
    case
            when service_levels.measure = 'age' then windowed.burn_{{ pair.name }}
            when windowed.good_count_7d + windowed.bad_count_7d >= 10
                then least(
                    windowed.spent_count_7d / nullif(windowed.budget_count_7d, 0),
                    windowed.spent_count / nullif(windowed.budget_count, 0)
                )
        end
    {%- else -%}
    windowed.burn_{{ pair.name }}
    {%- endif -%}
{%- endmacro %}
