with

episodes as (

    select * from {{ ref('fct_finding_episodes') }}

),

rules as (

    select * from {{ ref('dim_audit_rules') }}

),

teams as (

    select * from {{ ref('dim_teams_current') }}

),

heads as (

    select * from {{ ref('fct_finding_heads') }}

),

explained as (

    select
        heads.explained_by_finding_key as finding_key,
        count(*) as explained_finding_count,
        min({{ severity_rank('coalesce(rules.severity, episodes.severity)') }}) as severity_rank
    from heads
    inner join episodes on heads.finding_key = episodes.finding_key
    left join rules on episodes.rule_id = rules.rule_id
    group by 1

),

joined as (

    select
        episodes.*,
        rules.audit_rule_key,
        coalesce(rules.rule_name, episodes.rule_name) as current_rule_name,
        coalesce(rules.severity, episodes.severity) as current_severity,
        rules.runbook,
        case when not teams.is_unknown then teams.team_name end as team,
        teams.team_key as known_team_key,
        heads.explained_by_finding_key,
        coalesce(explained.explained_finding_count, 0) as explained_finding_count,
        least(explained.severity_rank, {{ severity_rank('coalesce(rules.severity, episodes.severity)') }})
            as severity_rank,
        radii.downstream_dataset_count,
        radii.downstream_team_count,
        radii.service_level_count,
        radii.exposure_count
    from episodes
    left join rules on episodes.rule_id = rules.rule_id
    left join teams on episodes.team_key = teams.team_key
    left join heads on episodes.finding_key = heads.finding_key
    left join explained on episodes.finding_key = explained.finding_key
    left join {{ ref('fct_blast_radii') }} as radii
        on case when episodes.status <> 'closed' then episodes.located_in end = radii.located_in

),

final as (

    select
        cast(finding_key as uuid) as finding_key,
        cast(coalesce(audit_rule_key, {{ unknown_key() }}) as uuid) as audit_rule_key,
        cast(rule_id as text) as rule_id,
        cast(current_rule_name as text) as rule_name,
        cast(current_severity as text) as severity,
        cast(severity as text) as first_severity,
        cast(subject_type as text) as subject_type,
        cast(subject_name as text) as subject_name,
        cast(source_name as text) as source_name,
        cast(team as text) as team,
        cast(coalesce(known_team_key, {{ unknown_key() }}) as uuid) as team_key,
        cast(pipeline_key as uuid) as pipeline_key,
        cast(task_key as uuid) as task_key,
        cast(dataset_key as uuid) as dataset_key,
        cast(check_key as uuid) as check_key,
        cast(status as text) as status,
        cast(opened_at as timestamp) as opened_at,
        cast(first_seen_at as timestamp) as first_seen_at,
        cast(worsened_at as timestamp) as worsened_at,
        cast(reopened_at as timestamp) as reopened_at,
        cast(reopened_count as bigint) as reopened_count,
        cast(closed_at as timestamp) as closed_at,
        cast(judged_at as timestamp) as judged_at,
        cast(verdict_now as text) as verdict_now,
        cast(reason as text) as reason,
        cast(evidence as text) as evidence,
        cast(runbook as text) as runbook,
        cast(waiver_reason as text) as waiver_reason,
        cast(waiver_owner as text) as waiver_owner,
        cast(waiver_expires_on as date) as waiver_expires_on,
        cast(explained_by_finding_key as uuid) as explained_by_finding_key,
        cast(explained_finding_count as bigint) as explained_finding_count,
        cast(downstream_dataset_count as bigint) as downstream_dataset_count,
        cast(downstream_team_count as bigint) as downstream_team_count,
        cast(service_level_count as bigint) as service_level_count,
        cast(exposure_count as bigint) as exposure_count,
        cast(
            rank() over (
                order by
                    severity_rank asc, case when status = 'closed' then 1 else 0 end asc,
                    coalesce(service_level_count, 0) + coalesce(exposure_count, 0) desc,
                    coalesce(downstream_team_count, 0) desc, coalesce(downstream_dataset_count, 0) desc
            ) as bigint
        ) as finding_rank
    from joined

)

select * from final
