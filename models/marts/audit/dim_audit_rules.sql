with

rules as (

    select * from {{ ref('audit_rules') }}

),

thresholds as (

    select
        rule_id,
        string_agg(
            threshold_name || ' ' || rtrim(rtrim(cast(threshold_value as text), '0'), '.') || ' ' || unit,
            ', ' order by threshold_name
        ) as thresholds
    from {{ ref('audit_thresholds') }}
    group by 1

),

members as (

    select
        {{ surrogate_key(['rules.rule_id']) }} as audit_rule_key,
        rules.rule_id,
        rules.rule_name,
        rules.severity,
        rules.subject_type,
        rules.question,
        thresholds.thresholds,
        rules.runbook,
        false as is_unknown
    from rules
    left join thresholds on rules.rule_id = thresholds.rule_id
    union all
    select
        {{ unknown_key() }} as audit_rule_key,
        'unknown' as rule_id,
        'unknown' as rule_name,
        null as severity,
        null as subject_type,
        null as question,
        null as thresholds,
        null as runbook,
        true as is_unknown

),

final as (

    select
        cast(audit_rule_key as uuid) as audit_rule_key,
        cast(rule_id as text) as rule_id,
        cast(rule_name as text) as rule_name,
        cast(severity as text) as severity,
        cast(subject_type as text) as subject_type,
        cast(question as text) as question,
        cast(thresholds as text) as thresholds,
        cast(runbook as text) as runbook,
        cast(is_unknown as boolean) as is_unknown,
        cast(false as boolean) as is_retired
    from members

)

select * from final
