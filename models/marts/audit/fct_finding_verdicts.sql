with

verdicts as (

    select
        *,
        {{ surrogate_key([
            'rule_id', 'subject_pattern', 'source_name', 'finding_id', 'verdict', 'judged_by', 'judged_on', 'note'
        ]) }} as verdict_key,
        finding_id is not null as is_of_one
    from {{ ref('audit_verdicts') }}

),

findings as (

    select
        *,
        cast(finding_key as text) as finding_text
    from {{ ref('fct_findings') }}

),

-- People say it of the id that they are shown, the first eight letters of the key or more.
said_of_one as (

    select
        findings.finding_key,
        verdicts.verdict_key
    from verdicts
    inner join findings
        on
            verdicts.rule_id = findings.rule_id
            and left(lower(verdicts.finding_id), 8) = left(findings.finding_text, 8)
            and left(findings.finding_text, length(verdicts.finding_id)) = lower(verdicts.finding_id)

),

-- Or of subjects: then it is of the episode of each that had begun last by that day.
said_of_subjects as (

    select
        findings.finding_key,
        verdicts.verdict_key,
        row_number() over (
            partition by verdicts.verdict_key, findings.subject_type, findings.subject_name, findings.source_name
            order by findings.first_seen_at desc, findings.finding_key asc
        ) as place
    from verdicts
    inner join findings
        on
            verdicts.rule_id = findings.rule_id
            and findings.subject_name like verdicts.subject_pattern escape '\'
            and verdicts.source_name in ('*', findings.source_name)
            and cast(findings.first_seen_at as date) <= verdicts.judged_on

),

said as (

    select
        finding_key,
        verdict_key
    from said_of_one
    union
    select
        finding_key,
        verdict_key
    from said_of_subjects
    where place = 1

),

lasts as (

    select
        said.finding_key,
        verdicts.*,
        row_number() over (
            partition by said.finding_key
            order by verdicts.judged_on desc, verdicts.is_of_one desc, verdicts.verdict desc, verdicts.verdict_key asc
        ) as place
    from said
    inner join verdicts on said.verdict_key = verdicts.verdict_key

),

final as (

    select
        cast(findings.finding_key as uuid) as finding_key,
        cast(findings.audit_rule_key as uuid) as audit_rule_key,
        cast(findings.rule_id as text) as rule_id,
        cast(findings.subject_name as text) as subject_name,
        cast(lasts.verdict as text) as verdict,
        cast(lasts.judged_by as text) as judged_by,
        cast(lasts.judged_on as date) as judged_on,
        cast(lasts.note as text) as note
    from lasts
    inner join findings on lasts.finding_key = findings.finding_key
    where lasts.place = 1

)

select * from final
