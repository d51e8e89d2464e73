{% macro audit_thresholds(rule_id, names) -%}
    select
        {%- for name in names %}
        max(threshold_value) filter (where threshold_name = '{{ name }}') as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('audit_thresholds') }}
    where rule_id = '{{ rule_id }}'
{%- endmacro %}
