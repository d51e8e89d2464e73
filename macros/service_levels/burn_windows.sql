{#- Of a budget for the whole window, as much as `budget_share` may burn in the long window; it burns where both burn faster. -#}
{% macro burn_windows() %}
    {{ return([
        {'name': '1d_2h', 'long_hours': 24, 'short_hours': 2, 'budget_share': 0.10},
        {'name': '3d_6h', 'long_hours': 72, 'short_hours': 6, 'budget_share': 0.25},
        {'name': '7d_1d', 'long_hours': 168, 'short_hours': 24, 'budget_share': 0.50},
    ]) }}
{% endmacro %}
