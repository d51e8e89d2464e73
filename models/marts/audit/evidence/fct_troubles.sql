with

thresholds as (

    {{ subject_thresholds('AL03', ['grace_minutes', 'budget_minutes']) }}

),

unioned as (

    select
        'AL02' as rule_id,
        pipeline_run_key as subject_key,
        pipeline_key as concern_of,
        {{ unknown_key() }} as task_key,
        true as is_told_by_pipelines,
        failed_at as onset_at,
        failed_at as tell_from_at,
        failed_at as hear_from_at,
        failed_at + budget_seconds * interval '1 second' as tell_by_at,
        as_of_at
    from {{ ref('fct_failed_runs') }}
    where state = 'failed'
    union all
    select
        'FR01' as rule_id,
        dataset_key as subject_key,
        dataset_key as concern_of,
        {{ unknown_key() }} as task_key,
        true as is_told_by_pipelines,
        onset_at,
        missing_since as tell_from_at,
        onset_at as hear_from_at,
        onset_at + budget_seconds * interval '1 second' as tell_by_at,
        as_of_at
    from {{ ref('fct_freshness_breaches') }}
    where coalesce({{ seconds_between('onset_at', 'ended_at') }} > budget_seconds, true)
    union all
    select
        'AL03' as rule_id,
        missed.pipeline_key as subject_key,
        missed.pipeline_key as concern_of,
        {{ unknown_key() }} as task_key,
        true as is_told_by_pipelines,
        missed.onset_at,
        missed.onset_at as tell_from_at,
        missed.onset_at as hear_from_at,
        missed.onset_at + ({{ threshold('grace_minutes') }} + {{ threshold('budget_minutes') }}) * interval '1 minute'
            as tell_by_at,
        missed.as_of_at
    from (
        select
            pipeline_key,
            onset_at,
            as_of_at
        from {{ ref('fct_missed_starts') }}
        union
        select
            pipeline_key,
            stops_at as onset_at,
            as_of_at
        from {{ ref('fct_pipeline_cadences') }}
    ) as missed
    {{ join_thresholds('missed.pipeline_key') }}
    where missed.onset_at <= missed.as_of_at
    union all
    -- What a warning is about is told of the data or of the check itself, not of all that its project does.
    select
        'SI03' as rule_id,
        check_key as subject_key,
        dataset_key as concern_of,
        task_key,
        false as is_told_by_pipelines,
        failing_since as onset_at,
        failing_since as tell_from_at,
        last_failed_at as hear_from_at,
        tell_by_at,
        as_of_at
    from {{ ref('fct_warning_streaks') }}
    where is_warned

),

final as (

    select
        {{ surrogate_key(['rule_id', 'subject_key', 'cast(extract(epoch from onset_at) * 1000000 as bigint)']) }}
            as trouble_key,
        cast(rule_id as text) as rule_id,
        cast(subject_key as uuid) as subject_key,
        cast(concern_of as uuid) as concern_of,
        cast(task_key as uuid) as task_key,
        cast(is_told_by_pipelines as boolean) as is_told_by_pipelines,
        cast(onset_at as timestamp) as onset_at,
        cast(min(tell_from_at) as timestamp) as tell_from_at,
        cast(min(hear_from_at) as timestamp) as hear_from_at,
        cast(max(tell_by_at) as timestamp) as tell_by_at,
        cast(max(as_of_at) as timestamp) as as_of_at
    from unioned
    group by rule_id, subject_key, concern_of, task_key, is_told_by_pipelines, onset_at

)

select * from final
