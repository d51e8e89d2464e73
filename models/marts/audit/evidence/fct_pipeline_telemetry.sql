with

thresholds as (

    {{ subject_thresholds('TL01', ['window_days', 'unseen_runs']) }}

),

pipelines as (

    select * from {{ ref('fct_pipeline_activity') }}

),

recent_runs as (

    select
        runs.*,
        pipelines.platform,
        pipelines.platform_instance,
        runs.seen_by like '%openlineage%' as is_seen_by_lineage
    from {{ ref('fct_pipeline_runs') }} as runs
    inner join pipelines on runs.pipeline_key = pipelines.pipeline_key
    {{ join_thresholds('pipelines.pipeline_key') }}
    where
        {{ seconds_between('coalesce(runs.started_at, runs.scheduled_at, runs.last_seen_at)', 'pipelines.as_of_at') }}
        between 0 and {{ threshold('window_days') }} * 86400

),

-- From the first to the last run of the instance that lineage saw, it could have seen the others.
lineage_spans as (

    select
        platform,
        platform_instance,
        min(started_at) as first_seen_at,
        max(started_at) as last_seen_at
    from recent_runs
    where
        is_seen_by_lineage
        and platform <> 'openlineage'
    group by 1, 2

),

datasets_touched as (

    select task_key from {{ ref('fct_dataset_writes') }}
    union
    select task_key from {{ ref('fct_dataset_reads') }}

),

silent_tasks as (

    select
        tasks.pipeline_key,
        count(*) as task_count
    from {{ ref('dim_tasks_current') }} as tasks
    left join datasets_touched on tasks.task_key = datasets_touched.task_key
    where datasets_touched.task_key is null and tasks.is_retired is not true
    group by 1

),

final as (

    select
        cast(recent_runs.pipeline_key as uuid) as pipeline_key,
        cast(count(*) as bigint) as run_count,
        cast(count(*) filter (where recent_runs.verdict = 'lost') as bigint) as lost_count,
        cast(count(*) filter (where recent_runs.is_disputed) as bigint) as disputed_count,
        cast(count(*) filter (where recent_runs.is_seen_by_lineage) as bigint) as lineage_count,
        cast(count(*) filter (where recent_runs.seen_by like '%, %') as bigint) as compared_count,
        cast(
            count(*) filter (
                where
                not recent_runs.is_seen_by_lineage
                and recent_runs.started_at between lineage_spans.first_seen_at and lineage_spans.last_seen_at
            ) as bigint
        ) as unseen_count,
        cast(
            count(*) filter (where recent_runs.is_seen_by_lineage) = 0
            and count(*) filter (
                where recent_runs.started_at between lineage_spans.first_seen_at and lineage_spans.last_seen_at
            ) >= max({{ threshold('unseen_runs') }}) as boolean
        ) as is_unseen,
        cast(max(silent_tasks.task_count) as bigint) as tasks_without_datasets,
        cast(
            min(recent_runs.started_at) filter (
                where recent_runs.verdict = 'lost' or recent_runs.is_disputed
            ) as timestamp
        ) as first_doubtful_at,
        cast(min(recent_runs.started_at) as timestamp) as first_started_at,
        cast(
            array_to_string(
                (array_agg(recent_runs.run_id order by recent_runs.started_at desc, recent_runs.run_id asc) filter (
                    where recent_runs.verdict = 'lost' or recent_runs.is_disputed
                ))[1:10], ', '
            ) as text
        ) as doubtful_run_ids
    from recent_runs
    left join lineage_spans
        on
            recent_runs.platform = lineage_spans.platform
            and recent_runs.platform_instance = lineage_spans.platform_instance
    {{ join_thresholds('recent_runs.pipeline_key') }}
    left join silent_tasks on recent_runs.pipeline_key = silent_tasks.pipeline_key
    group by 1

)

select * from final
