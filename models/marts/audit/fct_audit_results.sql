{%- set rules = [
    'rule_al01_no_failure_alerting',
    'rule_al02_untold_failure',
    'rule_al03_untold_missed_run',
    'rule_al04_noisy_alert_rule',
    'rule_al05_page_without_runbook',
    'rule_ck01_flaky_check',
    'rule_ck02_dead_check',
    'rule_ct01_contract_broken',
    'rule_ct02_promise_nobody_tests',
    'rule_cv01_critical_data_without_cover',
    'rule_dj01_two_jobs_write_one_dataset',
    'rule_du01_duration_creep_toward_breach',
    'rule_fr01_untold_freshness_breach',
    'rule_fr02_error_budget_burning_or_spent',
    'rule_in01_consumer_found_it_first',
    'rule_in02_repeat_incident',
    'rule_in03_incident_past_target',
    'rule_la01_interval_rewritten_after_read',
    'rule_ow01_no_owner',
    'rule_sd01_schema_drift_absorbed',
    'rule_si01_success_with_zero_rows',
    'rule_si02_green_run_over_failed_work',
    'rule_si03_unheard_warning',
    'rule_si04_volume_collapse_nobody_checks',
    'rule_si05_stale_upstream_consumed',
    'rule_si06_retry_hidden_flapping',
    'rule_si07_missing_or_truncated_interval',
    'rule_si08_null_explosion',
    'rule_si09_duplicate_rows_on_declared_key',
    'rule_tl01_blind_spot_in_telemetry',
] -%}

with

results as (

    {% for rule in rules -%}
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

keyed as (

    select
        {{ surrogate_key(['rule_id', 'subject_type', 'subject_key']) }} as audit_result_key,
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
        cast(keyed.evidence as text) as evidence,
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

)

select * from final
