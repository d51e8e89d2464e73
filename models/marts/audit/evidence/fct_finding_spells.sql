with

-- What cannot be told neither begins nor ends a spell. Of verdicts of one instant, as after a change of
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
        lag(verdict) over (partition by audit_result_key order by verdict_number) as previous_verdict,
        lag({{ severity_rank('severity') }}) over (partition by audit_result_key, verdict order by verdict_number)
            as previous_severity_rank
    from verdicts

),

counted as (

    select
        *,
        verdict <> coalesce(previous_verdict, 'clear') as is_change,
        verdict = 'finding' and {{ severity_rank('severity') }} < previous_severity_rank as is_worse,
        sum(case when verdict <> coalesce(previous_verdict, 'clear') then 1 else 0 end) over (
            partition by audit_result_key order by verdict_number
        ) as change_number
    from compared

),

worse as (

    select
        audit_result_key,
        change_number,
        max(dbt_valid_from) as worsened_at
    from counted
    where is_worse
    group by 1, 2

),

changes as (

    select
        *,
        lag(dbt_valid_from) over (partition by audit_result_key order by verdict_number) as previous_ended_at,
        lead(dbt_valid_from) over (partition by audit_result_key order by verdict_number) as next_changed_at,
        row_number() over (
            partition by audit_result_key, verdict, dbt_valid_from
            order by verdict_number
        ) as number_at_instant
    from counted
    where is_change

),

final as (

    select
        {{ surrogate_key(['changes.audit_result_key', 'changes.change_number']) }} as finding_spell_key,
        cast(changes.rule_id as text) as rule_id,
        cast(changes.rule_name as text) as rule_name,
        cast(changes.severity as text) as severity,
        cast(changes.subject_type as text) as subject_type,
        cast(changes.subject_key as uuid) as subject_key,
        cast(changes.subject_name as text) as subject_name,
        cast(changes.source_name as text) as source_name,
        cast({{ known_key(ref('dim_pipelines_current'), 'changes.pipeline_key') }} as uuid) as pipeline_key,
        cast({{ known_key(ref('dim_tasks_current'), 'changes.task_key') }} as uuid) as task_key,
        cast({{ known_key(ref('dim_datasets_current'), 'changes.dataset_key') }} as uuid) as dataset_key,
        cast({{ known_key(ref('dim_checks'), 'changes.check_key') }} as uuid) as check_key,
        cast({{ known_key(ref('dim_teams_current'), 'changes.team_key') }} as uuid) as team_key,
        cast(changes.reason as text) as reason,
        cast(changes.evidence as text) as evidence,
        cast(changes.onset_at as timestamp) as onset_at,
        cast(changes.change_number as bigint) as spell_number,
        cast(changes.number_at_instant as bigint) as number_at_instant,
        cast(changes.dbt_valid_from as timestamp) as started_at,
        cast(
            case
                when changes.next_changed_at is not null then greatest(changes.next_changed_at, changes.dbt_valid_from)
            end as timestamp
        ) as ended_at,
        cast(changes.previous_ended_at as timestamp) as previous_ended_at,
        cast(worse.worsened_at as timestamp) as worsened_at
    from changes
    left join worse
        on
            changes.audit_result_key = worse.audit_result_key
            and changes.change_number = worse.change_number
    where changes.verdict = 'finding'

)

select * from final
