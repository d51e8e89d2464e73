with

results as (

    select * from {{ ref('fct_audit_results') }}

),

-- What was clear for a short while only was not over.
begun as (

    select
        *,
        coalesce(
            {{ seconds_between('previous_ended_at', 'started_at') }}
            > {{ var('finding_reopens_within_days') }} * 86400, true
        ) as is_new
    from {{ ref('fct_finding_spells') }}

),

counted as (

    select
        *,
        sum(case when is_new then 1 else 0 end) over (
            partition by rule_id, subject_type, subject_key order by spell_number
        ) as episode_number
    from begun

),

spells as (

    select
        *,
        case when ended_at is null then subject_key end as open_subject_key,
        max(greatest(started_at, ended_at)) over (partition by rule_id) as rule_last_spoke_at,
        row_number() over (
            partition by rule_id, subject_type, subject_key, episode_number
            order by spell_number
        ) as place,
        count(*) over (partition by rule_id, subject_type, subject_key, episode_number) as spell_count,
        max(worsened_at) over (partition by rule_id, subject_type, subject_key, episode_number) as last_worsened_at
    from counted

),

-- An episode began with its first spell, and stands as its last one does. A rule that was withdrawn finds nothing.
final as (

    select
        {{ surrogate_key([
            'firsts.rule_id', 'firsts.subject_key', 'firsts.started_at', 'firsts.number_at_instant'
        ]) }} as finding_key,
        cast(lasts.rule_id as text) as rule_id,
        cast(lasts.rule_name as text) as rule_name,
        cast(lasts.severity as text) as severity,
        cast(lasts.subject_type as text) as subject_type,
        cast(lasts.subject_key as uuid) as subject_key,
        cast(lasts.subject_name as text) as subject_name,
        cast(lasts.source_name as text) as source_name,
        cast(coalesce(results.team_key, lasts.team_key) as uuid) as team_key,
        cast(lasts.pipeline_key as uuid) as pipeline_key,
        cast(lasts.task_key as uuid) as task_key,
        cast(lasts.dataset_key as uuid) as dataset_key,
        cast(lasts.check_key as uuid) as check_key,
        cast(
            coalesce(
                nullif(lasts.dataset_key, {{ unknown_key() }}),
                nullif(lasts.pipeline_key, {{ unknown_key() }}),
                lasts.subject_key
            ) as uuid
        ) as located_in,
        cast(
            case
                when lasts.ended_at is not null or rules.rule_id is null then 'closed'
                when results.is_waived then 'waived'
                else 'open'
            end as text
        ) as status,
        cast(
            greatest(least(firsts.onset_at, firsts.started_at), firsts.previous_ended_at) as timestamp
        ) as opened_at,
        cast(firsts.onset_at is not null as boolean) as has_onset,
        cast(firsts.started_at as timestamp) as first_seen_at,
        cast(nullif(lasts.last_worsened_at, firsts.started_at) as timestamp) as worsened_at,
        cast(case when lasts.spell_count > 1 then lasts.started_at end as timestamp) as reopened_at,
        cast(lasts.spell_count - 1 as bigint) as reopened_count,
        cast(
            coalesce(lasts.ended_at, case when rules.rule_id is null then lasts.rule_last_spoke_at end) as timestamp
        ) as closed_at,
        cast(results.as_of_at as timestamp) as judged_at,
        cast(results.verdict as text) as verdict_now,
        cast(case when results.verdict = 'finding' then results.reason else lasts.reason end as text) as reason,
        cast(case when results.verdict = 'finding' then results.evidence else lasts.evidence end as text) as evidence,
        cast(results.waiver_reason as text) as waiver_reason,
        cast(results.waiver_owner as text) as waiver_owner,
        cast(results.waiver_expires_on as date) as waiver_expires_on
    from spells as lasts
    inner join spells as firsts
        on
            lasts.rule_id = firsts.rule_id
            and lasts.subject_type = firsts.subject_type
            and lasts.subject_key = firsts.subject_key
            and lasts.episode_number = firsts.episode_number
            and firsts.place = 1
    left join {{ ref('dim_audit_rules') }} as rules on lasts.rule_id = rules.rule_id
    left join results
        on
            lasts.open_subject_key = results.subject_key
            and lasts.rule_id = results.rule_id
            and lasts.subject_type = results.subject_type
    where lasts.place = lasts.spell_count

)

select * from final
