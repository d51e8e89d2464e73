with

findings as (

    select * from {{ ref('fct_findings') }}

),

ranked as (

    select
        *,
        {{ severity_rank('severity') }} as severity_rank,
        {{ severity_rank('first_severity') }} as first_severity_rank,
        nullif(pipeline_key, {{ unknown_key() }}) as known_pipeline_key,
        nullif(dataset_key, {{ unknown_key() }}) as known_dataset_key
    from findings
    where status <> 'waived'

),

-- What one rule finds on one pipeline, or else on one dataset, has one cause,
led as (

    select
        *,
        first_value(finding_key) over (
            partition by rule_id, status, coalesce(known_pipeline_key, known_dataset_key, finding_key)
            order by severity_rank, opened_at, finding_key
        ) as lead_finding_key,
        {{ surrogate_key(['finding_key', 'reopened_count']) }} as opening_id
    from ranked

),

-- and that of the finding that explains it, where one does.
caused as (

    select
        led.*,
        coalesce(heads.lead_finding_key, led.explained_by_finding_key, led.lead_finding_key) as cause_finding_key
    from led
    left join led as heads on led.explained_by_finding_key = heads.finding_key

),

notices as (

    select
        *,
        case status when 'open' then 'opened' else 'closed' end as notice_kind,
        {{ surrogate_key(['opening_id', 'status']) }} as notice_key
    from caused
    union all
    select
        *,
        'worsened' as notice_kind,
        {{ surrogate_key(['opening_id', "'worsened'", 'severity']) }} as notice_key
    from caused
    where status = 'open' and severity_rank < first_severity_rank

),

final as (

    select
        cast(notice_key as uuid) as notice_key,
        cast(finding_key as uuid) as finding_key,
        cast(cause_finding_key as uuid) as cause_finding_key,
        cast(opening_id as uuid) as opening_id,
        cast(notice_kind as text) as notice_kind,
        cast(audit_rule_key as uuid) as audit_rule_key,
        cast(rule_id as text) as rule_id,
        cast(rule_name as text) as rule_name,
        cast(severity as text) as severity,
        cast(first_severity as text) as first_severity,
        cast(severity_rank as integer) as severity_rank,
        cast(subject_type as text) as subject_type,
        cast(subject_name as text) as subject_name,
        cast(source_name as text) as source_name,
        cast(team as text) as team,
        cast(team_key as uuid) as team_key,
        cast(opened_at as timestamp) as opened_at,
        cast(closed_at as timestamp) as closed_at,
        cast(reason as text) as reason,
        cast(runbook as text) as runbook
    from notices

)

select * from final
