with

thresholds as (

    {{ subject_thresholds('AL02', ['window_days', 'lead_minutes']) }}

),

failed_runs as (

    select * from {{ ref('fct_failed_runs') }}

),

verdicts as (

    select * from {{ ref('fct_trouble_verdicts') }}
    where rule_id = 'AL02'

),

judged as (

    select
        failed_runs.*,
        {{ threshold_columns(['window_days', 'lead_minutes']) }},
        verdicts.outcome,
        verdicts.words,
        verdicts.told_by,
        verdicts.told_at,
        verdicts.told_late_at,
        verdicts.tell_by_at,
        case
            when failed_runs.state = 'running' then 'cannot_tell'
            when failed_runs.state <> 'failed' then 'clear'
            else coalesce(verdicts.verdict, 'cannot_tell')
        end as verdict
    from failed_runs
    {{ join_thresholds('failed_runs.pipeline_key') }}
    left join verdicts on failed_runs.pipeline_run_key = verdicts.subject_key

),

final as (

    select
        {{ audit_subject('AL02', 'run', 'judged') }},
        cast(verdict as text) as verdict,
        cast(
            case state
                when 'running' then 'It was cleared and runs again.'
                when 'mended' then 'It did not fail, or was cleared and ended otherwise.'
                when 'old' then 'It failed more than ' || cast(window_days as integer) || ' days ago.'
                when 'sandbox' then 'Its pipeline is for trying things out.'
                when 'inside' then 'It failed with the run that it is a part of, which is judged.'
                when 'by hand' then 'It was started by hand.'
                when 'freshness' then 'It measured the age of sources, of which FR01 judges what is promised.'
                when 'again' then 'Only its checks fail, as shortly before; the first of these runs is judged.'
                else 'It failed at ' || cast(date_trunc('second', failed_at) as text) || '; ' || words || '.'
            end as text
        ) as reason,
        {{ json_object({
            'failed_at': "cast(date_trunc('second', failed_at) as text)",
            'run_type': 'run_type',
            'outcome': 'coalesce(outcome, state)',
            'told_by': 'told_by',
            'told_at': "cast(date_trunc('second', told_at) as text)",
            'told_too_late_at': "cast(date_trunc('second', told_late_at) as text)",
            'tell_by': "cast(date_trunc('second', tell_by_at) as text)",
            'budget_minutes': json_number('budget_seconds / 60'),
            'lead_minutes': json_number('lead_minutes'),
            'window_days': json_number('window_days'),
        }) }} as evidence,
        cast(case when verdict = 'finding' then failed_at end as timestamp) as onset_at,
        cast(as_of_at as timestamp) as as_of_at
    from judged

)

select * from final
