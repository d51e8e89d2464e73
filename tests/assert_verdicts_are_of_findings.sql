-- A wrong id or pattern would leave the precision of its rule as it is, and nobody would see it.
{{ config(severity='warn') }}
select
    verdicts.rule_id,
    verdicts.subject_pattern,
    verdicts.finding_id
from {{ ref('audit_verdicts') }} as verdicts
left join {{ ref('fct_findings') }} as findings
    on
        verdicts.rule_id = findings.rule_id
        and (
            left(cast(findings.finding_key as text), length(verdicts.finding_id)) = lower(verdicts.finding_id)
            or findings.subject_name like verdicts.subject_pattern escape '\'
        )
where findings.finding_key is null
