with

incidents as (

    select * from {{ ref('int_incident_signals__judged') }}

),

subjects as (

    select * from {{ ref('int_incident_subjects__linked') }}
    where not is_ambiguous

),

pipeline_runs as (

    select
        runs.pipeline_run_key,
        verdicts.pipeline_key,
        verdicts.verdict,
        coalesce(runs.ended_at, verdicts.heard_of_at) as ended_at
    from {{ ref('int_pipeline_runs__judged') }} as verdicts
    inner join {{ ref('int_pipeline_runs__resolved') }} as runs
        on verdicts.pipeline_run_key = runs.pipeline_run_key

),

runs_before as (

    select distinct
        incidents.incident_key,
        pipeline_runs.pipeline_run_key,
        pipeline_runs.pipeline_key,
        pipeline_runs.verdict,
        pipeline_runs.ended_at
    from incidents
    inner join subjects on incidents.incident_key = subjects.incident_key
    inner join pipeline_runs
        on
            subjects.pipeline_key = pipeline_runs.pipeline_key
            and incidents.detected_at >= pipeline_runs.ended_at

),

last_good_runs as (

    select
        incident_key,
        pipeline_key,
        max(ended_at) as ended_at
    from runs_before
    where verdict = 'succeeded'
    group by incident_key, pipeline_key

),

final as (

    select
        cast(runs_before.incident_key as uuid) as incident_key,
        cast(runs_before.pipeline_key as uuid) as pipeline_key,
        cast(min(runs_before.ended_at) as timestamp) as onset_at
    from runs_before
    left join last_good_runs
        on
            runs_before.incident_key = last_good_runs.incident_key
            and runs_before.pipeline_key = last_good_runs.pipeline_key
    where
        runs_before.verdict in ('failed', 'succeeded_with_failures', 'lost')
        and (runs_before.ended_at > last_good_runs.ended_at or last_good_runs.ended_at is null)
    group by runs_before.incident_key, runs_before.pipeline_key

)

select * from final
