with

thresholds as (
    {{ subject_thresholds('TL01', ['window_days', 'source_lag_hours', 'unseen_runs']) }}
),

pipelines as (
    select * from {{ ref('fct_pipeline_activity') }}
),

telemetry as (
    select * from {{ ref('fct_pipeline_telemetry') }}
),

instants as (
    select * from {{ ref('int_sources__as_of') }}
),

counted as (
    select count(*) as source_count from instants
    where source_name <> '*'
),

sources as (
    select
        as_of.source_name,
        as_of.source_name as subject_name,
        {{ surrogate_key(['as_of.source_name']) }} as source_key,
        {{ unknown_key() }} as team_key,
        as_of.as_of_at as source_as_of_at,
        newest.as_of_at,
        counted.source_count,
        {{ seconds_between('as_of.as_of_at', 'newest.as_of_at') }} / 3600 as lag_hours
    from instants as as_of
    inner join instants as newest on newest.source_name = '*' and as_of.source_name <> '*'
    cross join counted
),

judged_pipelines as (
    select
        {{ audit_subject('TL01', 'pipeline', 'pipelines') }},
        case
            when pipelines.is_gone then 'clear'
            when telemetry.lost_count + telemetry.disputed_count > 0 or telemetry.is_unseen then 'finding'
            when telemetry.half_heard_count >= {{ threshold('unseen_runs') }} then 'finding'
            when telemetry.run_count > 0 then 'clear'
            else 'cannot_tell'
        end as verdict,
        case
            when pipelines.is_gone then 'Not active: its definition is gone.'
            when telemetry.lost_count + telemetry.disputed_count > 0
                then 'Of ' || telemetry.run_count || ' runs ' || telemetry.lost_count || ' were lost, and of '
                    || telemetry.disputed_count || ' the scheduler and lineage tell different ends.'
            when telemetry.is_unseen
                then 'Lineage sees its neighbours, but none of its ' || telemetry.unseen_count || ' runs.'
            when telemetry.half_heard_count >= {{ threshold('unseen_runs') }}
                then 'Of ' || telemetry.run_count || ' runs lineage did not hear of ' || telemetry.half_heard_count
                    || ', or not of their end.'
            when telemetry.run_count is null then 'It did not run lately.'
            when telemetry.compared_count > 0 then 'No run was lost, and the feeds that tell of them agree.'
            else 'No run was lost; only one feed tells of them, so nothing could be compared.'
        end as reason,
        {{ json_object({
            'runs': 'telemetry.run_count',
            'runs_seen_by_several_feeds': 'telemetry.compared_count',
            'lost_runs': 'telemetry.lost_count',
            'disputed_runs': 'telemetry.disputed_count',
            'half_heard_runs': 'telemetry.half_heard_count',
            'run_ids': 'telemetry.doubtful_run_ids',
            'tasks_without_datasets': 'telemetry.tasks_without_datasets',
            'window_days': json_number(threshold('window_days')),
        }) }} as evidence,
        cast(
            case
                when pipelines.is_gone then null
                when telemetry.is_unseen then telemetry.first_started_at
                when telemetry.first_doubtful_at is not null then telemetry.first_doubtful_at
                when telemetry.half_heard_count >= {{ threshold('unseen_runs') }} then telemetry.first_half_heard_at
            end as timestamp
        ) as onset_at,
        cast(pipelines.as_of_at as timestamp) as as_of_at
    from pipelines
    left join telemetry on pipelines.pipeline_key = telemetry.pipeline_key
    {{ join_thresholds('pipelines.pipeline_key') }}
),

judged_sources as (
    select
        {{ audit_subject('TL01', 'source', 'sources') }},
        case
            when sources.source_count = 1 then 'cannot_tell'
            when sources.lag_hours > thresholds.source_lag_hours then 'finding'
            else 'clear'
        end as verdict,
        case
            when sources.source_count = 1 then 'It is the only source, so nothing says what time it is.'
            when sources.lag_hours > thresholds.source_lag_hours
                then 'It tells of nothing after ' || cast(date_trunc('second', sources.source_as_of_at) as text) || ', '
                    || cast(floor(sources.lag_hours) as bigint) || ' hours before the newest source.'
            else 'It is as fresh as the others.'
        end as reason,
        {{ json_object({
            'tells_of_until': "cast(date_trunc('second', sources.source_as_of_at) as text)",
            'newest_source_until': "cast(date_trunc('second', sources.as_of_at) as text)",
            'source_lag_hours': json_number('thresholds.source_lag_hours'),
        }) }} as evidence,
        case when sources.lag_hours > thresholds.source_lag_hours then sources.source_as_of_at end as onset_at,
        cast(sources.as_of_at as timestamp) as as_of_at
    from sources
    inner join thresholds on thresholds.subject_key is null
),

final as (
    select * from judged_pipelines
    union all
    select * from judged_sources
)

select * from final
