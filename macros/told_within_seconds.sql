{% macro told_within_seconds(tier) -%}
    60 * case
        when {{ tier }} >= thresholds.low_tier then thresholds.low_tier_minutes
        else thresholds.budget_minutes
    end
{%- endmacro %}
