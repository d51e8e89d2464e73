with

results as (

    select * from {{ ref('fct_audit_results') }}

),

rules as (

    select * from {{ ref('dim_audit_rules') }}

),

teams as (

    select * from {{ ref('dim_teams') }}

),

-- What cannot be told neither opens nor closes an episode. Of verdicts of one instant, as after a change of
-- thresholds, the one that still stands is the last.
verdicts as (

    select
        *,
        row_number() over (
            partition by audit_result_key
            order by
                case when dbt_valid_to is null then 1 else 0 end, dbt_valid_from asc, dbt_valid_to asc, verdict desc
        ) as verdict_number
    from {{ ref('snap_audit__results') }}
    where verdict in ('finding', 'clear')

),

compared as (

    select
        *,
        lag(verdict) over (partition by audit_result_key order by verdict_number) as previous_verdict
    from verdicts

),

changes as (

    select
        *,
        lag(dbt_valid_from) over (partition by audit_result_key order by verdict_number) as previous_closed_at,
        lead(dbt_valid_from) over (partition by audit_result_key order by verdict_number) as next_changed_at,
        row_number() over (
            partition by audit_result_key, verdict, dbt_valid_from
            order by verdict_number
        ) as number_at_instant
    from compared
    where verdict <> coalesce(previous_verdict, 'clear')

),

episodes as (

    select
        *,
        dbt_valid_from as first_seen_at,
        case when next_changed_at is not null then greatest(next_changed_at, dbt_valid_from) end as closed_at
    from changes
    where verdict = 'finding'

),

final as (

    select
        {{ surrogate_key([
            'episodes.rule_id', 'episodes.subject_key', 'episodes.first_seen_at', 'episodes.number_at_instant'
        ]) }} as finding_key,
        cast(coalesce(rules.audit_rule_key, {{ unknown_key() }}) as uuid) as audit_rule_key,
        cast(episodes.rule_id as text) as rule_id,
        cast(coalesce(rules.rule_name, episodes.rule_name) as text) as rule_name,
        cast(coalesce(rules.severity, episodes.severity) as text) as severity,
        cast(episodes.subject_type as text) as subject_type,
        cast(episodes.subject_name as text) as subject_name,
        cast(episodes.source_name as text) as source_name,
        cast(case when not teams.is_unknown then teams.team_name end as text) as team,
        cast(coalesce(teams.team_key, {{ unknown_key() }}) as uuid) as team_key,
        cast({{ known_key(ref('dim_pipelines_current'), 'episodes.pipeline_key') }} as uuid) as pipeline_key,
        cast({{ known_key(ref('dim_tasks_current'), 'episodes.task_key') }} as uuid) as task_key,
        cast({{ known_key(ref('dim_datasets_current'), 'episodes.dataset_key') }} as uuid) as dataset_key,
        cast({{ known_key(ref('dim_checks'), 'episodes.check_key') }} as uuid) as check_key,
        cast(
            case
                when episodes.closed_at is not null then 'closed'
                when results.is_waived then 'waived'
                else 'open'
            end as text
        ) as status,
        cast(
            greatest(least(episodes.onset_at, episodes.first_seen_at), episodes.previous_closed_at) as timestamp
        ) as opened_at,
        cast(episodes.first_seen_at as timestamp) as first_seen_at,
        cast(episodes.closed_at as timestamp) as closed_at,
        cast(results.as_of_at as timestamp) as judged_at,
        cast(results.verdict as text) as verdict_now,
        cast(case when results.verdict = 'finding' then results.reason else episodes.reason end as text) as reason,
        cast(case when results.verdict = 'finding' then results.evidence else episodes.evidence end as text)
            as evidence,
        cast(rules.runbook as text) as runbook,
        cast(results.waiver_reason as text) as waiver_reason,
        cast(results.waiver_owner as text) as waiver_owner,
        cast(results.waiver_expires_on as date) as waiver_expires_on
    from episodes
    left join results on episodes.audit_result_key = results.audit_result_key and episodes.closed_at is null
    left join rules on episodes.rule_id = rules.rule_id
    left join teams on coalesce(results.team_key, episodes.team_key) = teams.team_key

)

select * from final
