{% macro subject_thresholds(rule_id, names) -%}
    select distinct
        subject_key,
        {%- for name in names %}
        max(threshold_value) filter (where threshold_name = '{{ name }}') over (partition by subject_key) as {{ name }}
            {{- ',' if not loop.last }}
        {%- endfor %}
    from (
        select
            cast(null as uuid) as subject_key,
            threshold_name,
            threshold_value
        from {{ ref('audit_thresholds') }}
        where rule_id = '{{ rule_id }}'
        union all
        select
            subject_key,
            threshold_name,
            threshold_value
        from {{ ref('fct_threshold_overrides') }}
        where rule_id = '{{ rule_id }}'
    ) as given
{%- endmacro %}
