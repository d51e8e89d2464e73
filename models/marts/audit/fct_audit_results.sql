with

results as (

    {% for rule in audit_rule_models() -%}
        select * from {{ ref(rule) }}
        {{ 'union all' if not loop.last }}
    {% endfor -%}

),

rules as (

    select * from {{ ref('dim_audit_rules') }}

),

waivers as (

    select * from {{ ref('audit_waivers') }}

),

overridden as (

    select
        rule_id,
        subject_key,
        string_agg(
            threshold_name || ' ' || rtrim(rtrim(cast(threshold_value as text), '0'), '.')
            || ' (' || overridden_for || ')', ', ' order by threshold_name
        ) as thresholds
    from {{ ref('fct_threshold_overrides') }}
    group by 1, 2

),

-- Runs and deployments are judged by the thresholds of their pipeline, and columns by those of their dataset.
keyed as (

    select
        {{ surrogate_key(['rule_id', 'subject_type', 'subject_key']) }} as audit_result_key,
        case
            when subject_type in ('run', 'deployment') then pipeline_key
            when subject_type = 'column' then dataset_key
            else subject_key
        end as overridden_key,
        *
    from results

),

matches as (

    select
        keyed.audit_result_key,
        waivers.reason,
        waivers.owner,
        waivers.expires_on,
        row_number() over (
            partition by keyed.audit_result_key
            order by waivers.expires_on desc, waivers.owner asc, waivers.reason asc
        ) as match_number
    from keyed
    inner join waivers
        on
            keyed.rule_id = waivers.rule_id
            and keyed.subject_name like waivers.subject_pattern escape '\'
            and waivers.source_name in ('*', keyed.source_name)
            and waivers.created_on <= cast(keyed.as_of_at as date)
            and waivers.expires_on > cast(keyed.as_of_at as date)

),

final as (

    select
        cast(keyed.audit_result_key as uuid) as audit_result_key,
        cast(rules.audit_rule_key as uuid) as audit_rule_key,
        cast(keyed.rule_id as text) as rule_id,
        cast(rules.rule_name as text) as rule_name,
        cast(rules.severity as text) as severity,
        cast(keyed.subject_type as text) as subject_type,
        cast(keyed.subject_key as uuid) as subject_key,
        cast(keyed.subject_name as text) as subject_name,
        cast(keyed.source_name as text) as source_name,
        cast(keyed.pipeline_key as uuid) as pipeline_key,
        cast(keyed.task_key as uuid) as task_key,
        cast(keyed.dataset_key as uuid) as dataset_key,
        cast(keyed.check_key as uuid) as check_key,
        cast(keyed.team_key as uuid) as team_key,
        cast(keyed.verdict as text) as verdict,
        cast(keyed.reason as text) as reason,
        cast(
            left(keyed.evidence, length(keyed.evidence) - 1)
            || coalesce(', "overridden_thresholds": ' || cast(to_json(overridden.thresholds) as text), '')
            || '}' as text
        ) as evidence,
        cast(keyed.onset_at as timestamp) as onset_at,
        cast(matches.audit_result_key is not null as boolean) as is_waived,
        cast(matches.reason as text) as waiver_reason,
        cast(matches.owner as text) as waiver_owner,
        cast(matches.expires_on as date) as waiver_expires_on,
        cast(keyed.as_of_at as timestamp) as as_of_at
    from keyed
    inner join rules on keyed.rule_id = rules.rule_id
    left join matches
        on
            keyed.audit_result_key = matches.audit_result_key
            and matches.match_number = 1
    left join overridden
        on
            keyed.rule_id = overridden.rule_id
            and keyed.overridden_key = overridden.subject_key

)

select * from final
