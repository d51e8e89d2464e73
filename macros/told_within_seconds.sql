{% macro told_within_seconds(tier) -%}
    60 * case
        when {{ tier }} >= {{ threshold('low_tier') }} then {{ threshold('low_tier_minutes') }}
        else {{ threshold('budget_minutes') }}
    end
{%- endmacro %}
