with

pipelines as (

    select * from {{ ref('dim_pipelines_current') }}
    where not is_unknown and is_retired is not true

),

pipeline_runs as (

    select
        pipeline_key,
        coalesce(started_at, scheduled_at, queued_at, last_seen_at) as run_at,
        parent_task_attempt_key = {{ unknown_key() }} as is_alone
    from {{ ref('fct_pipeline_runs') }}

),

as_of as (

    select * from {{ ref('int_sources__as_of') }}

),

dated as (

    select
        pipelines.*,
        coalesce(own.as_of_at, newest.as_of_at) as as_of_at
    from pipelines
    left join as_of as own on pipelines.source_name = own.source_name
    left join as_of as newest on newest.source_name = '*'

),

run_spans as (

    select
        dated.pipeline_key,
        max(pipeline_runs.run_at) as last_run_at,
        max(pipeline_runs.run_at) filter (where pipeline_runs.is_alone) as last_run_alone_at
    from dated
    inner join pipeline_runs on dated.pipeline_key = pipeline_runs.pipeline_key
    where pipeline_runs.run_at <= dated.as_of_at
    group by 1

),

final as (

    select
        cast(dated.pipeline_key as uuid) as pipeline_key,
        cast(dated.team_key as uuid) as team_key,
        cast(dated.source_name as text) as source_name,
        cast(dated.platform as text) as platform,
        cast(dated.platform_instance as text) as platform_instance,
        cast(dated.pipeline_name as text) as pipeline_name,
        cast(run_spans.last_run_at as timestamp) as last_run_at,
        cast(run_spans.last_run_alone_at as timestamp) as last_run_alone_at,
        cast({{ seconds_between('run_spans.last_run_at', 'dated.as_of_at') }} / 86400 as double precision)
            as days_since_last_run,
        cast({{ seconds_between('run_spans.last_run_alone_at', 'dated.as_of_at') }} / 86400 as double precision)
            as days_since_last_run_alone,
        cast(coalesce(dated.is_paused, false) as boolean) as is_paused,
        cast(not coalesce(dated.is_active, true) as boolean) as is_gone,
        cast(
            coalesce(dated.schedule_kind in ('cron', 'interval'), false)
            and coalesce(dated.schedule_expression, '') <> '@once'
            and not coalesce(dated.is_paused, false)
            and coalesce(dated.is_active, true) as boolean
        ) as is_due,
        cast(dated.as_of_at as timestamp) as as_of_at
    from dated
    left join run_spans on dated.pipeline_key = run_spans.pipeline_key

)

select * from final
