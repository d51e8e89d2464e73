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
        runs.seen_by like '%openlineage%' as is_seen_by_lineage,
        runs.seen_by like '%openlineage%' and runs.lineage_state = 'running'
        and runs.reported_state in ('success', 'failed') as is_unended,
        min(case when runs.seen_by like '%openlineage%' then runs.started_at end) over (
            partition by runs.pipeline_key, runs.run_type
        ) as connected_at
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

-- Since lineage saw the pipeline first, and while it saw others later on, it should have heard of a run and of its end.
spanned_runs as (
    select
        recent_runs.*,
        coalesce(recent_runs.started_at between spans.first_seen_at and spans.last_seen_at, false) as is_in_span,
        coalesce(
            (recent_runs.is_unended and recent_runs.ended_at < spans.last_seen_at)
            or (
                not recent_runs.is_seen_by_lineage
                and recent_runs.started_at > recent_runs.connected_at
                and recent_runs.started_at < spans.last_seen_at
            ),
            false
        ) as is_half_heard
    from recent_runs
    left join lineage_spans as spans
        on recent_runs.platform = spans.platform and recent_runs.platform_instance = spans.platform_instance
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
        cast(runs.pipeline_key as uuid) as pipeline_key,
        cast(count(*) as bigint) as run_count,
        cast(count(*) filter (where runs.verdict = 'lost') as bigint) as lost_count,
        cast(count(*) filter (where runs.is_disputed) as bigint) as disputed_count,
        cast(count(*) filter (where runs.is_half_heard) as bigint) as half_heard_count,
        cast(count(*) filter (where runs.is_seen_by_lineage) as bigint) as lineage_count,
        cast(count(*) filter (where runs.seen_by like '%, %') as bigint) as compared_count,
        cast(count(*) filter (where not runs.is_seen_by_lineage and runs.is_in_span) as bigint) as unseen_count,
        cast(
            count(*) filter (where runs.is_seen_by_lineage) = 0
            and count(*) filter (where runs.is_in_span) >= max({{ threshold('unseen_runs') }}) as boolean
        ) as is_unseen,
        cast(max(silent_tasks.task_count) as bigint) as tasks_without_datasets,
        cast(
            min(runs.started_at) filter (where runs.verdict = 'lost' or runs.is_disputed) as timestamp
        ) as first_doubtful_at,
        cast(min(runs.started_at) filter (where runs.is_half_heard) as timestamp) as first_half_heard_at,
        cast(min(runs.started_at) as timestamp) as first_started_at,
        cast(
            array_to_string(
                (array_agg(runs.run_id order by runs.started_at desc, runs.run_id asc) filter (
                    where runs.verdict = 'lost' or runs.is_disputed or runs.is_half_heard
                ))[1:10], ', '
            ) as text
        ) as doubtful_run_ids
    from spanned_runs as runs
    {{ join_thresholds('runs.pipeline_key') }}
    left join silent_tasks on runs.pipeline_key = silent_tasks.pipeline_key
    group by 1
)

select * from final
