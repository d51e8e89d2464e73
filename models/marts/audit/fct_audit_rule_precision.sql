{%- set verdicts = ['fixed', 'expected', 'no_action_needed', 'false_positive'] %}

with

rules as (

    select * from {{ ref('dim_audit_rules') }}
    where not is_unknown

),

findings as (

    select
        audit_rule_key,
        count(*) as finding_count
    from {{ ref('fct_findings') }}
    group by 1

),

judged as (

    select
        audit_rule_key,
        {%- for verdict in verdicts %}
            count(*) filter (where verdict = '{{ verdict }}') as {{ verdict }}_count,
        {%- endfor %}
        count(*) as judged_count
    from {{ ref('fct_finding_verdicts') }}
    group by 1

),

-- Without a verdict nothing is known of a rule's precision.
final as (

    select
        cast(rules.audit_rule_key as uuid) as audit_rule_key,
        cast(rules.rule_id as text) as rule_id,
        cast(coalesce(findings.finding_count, 0) as bigint) as finding_count,
        cast(coalesce(judged.judged_count, 0) as bigint) as judged_count,
        {%- for verdict in verdicts %}
            cast(coalesce(judged.{{ verdict }}_count, 0) as bigint) as {{ verdict }}_count,
        {%- endfor %}
        cast(coalesce(judged.judged_count - judged.false_positive_count, 0) as bigint) as true_count,
        cast(
            cast(judged.judged_count - judged.false_positive_count as double precision)
            / nullif(judged.judged_count, 0) as double precision
        ) as precision_share,
        cast(
            cast(judged.fixed_count as double precision) / nullif(judged.judged_count, 0) as double precision
        ) as fixed_share,
        cast(
            cast(coalesce(judged.judged_count, 0) as double precision)
            / nullif(findings.finding_count, 0) as double precision
        ) as judged_share
    from rules
    left join findings on rules.audit_rule_key = findings.audit_rule_key
    left join judged on rules.audit_rule_key = judged.audit_rule_key

)

select * from final
