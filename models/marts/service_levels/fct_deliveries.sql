with
promised as (
    select * from {{ ref('int_deliveries__promised') }}
),

covered as (
    select * from {{ ref('int_deliveries__covered') }}
),

pipeline_runs as (
    select * from {{ ref('fct_pipeline_runs') }}
    where verdict = 'succeeded'
),

as_of as (
    select * from {{ ref('int_sources__as_of') }}
),

pipelines as (
    select * from {{ ref('dim_pipelines') }}
),

datasets as (
    select * from {{ ref('dim_datasets') }}
),

service_levels as (
    select * from {{ ref('dim_service_levels') }}
),

-- A run keeps the delivery of its own interval and no other.
arrivals as (
    select
        covered.pipeline_key,
        covered.expected_at,
        pipeline_runs.run_id,
        pipeline_runs.ended_at,
        pipeline_runs.clear_number,
        row_number() over (
            partition by covered.pipeline_key, covered.expected_at
            order by pipeline_runs.ended_at asc nulls last, pipeline_runs.run_id asc
        ) as arrival
    from covered
    inner join pipeline_runs on covered.pipeline_run_key = pipeline_runs.pipeline_run_key
),

judged as (
    select
        promised.*,
        {{ unknown_key() }} as dataset_key,
        arrivals.run_id,
        arrivals.ended_at as available_at,
        case
            when arrivals.ended_at <= promised.due_at then 'kept'
            when promised.excuse is not null then 'excused'
            -- A run that was cleared has only the times of its last turn.
            when arrivals.run_id is not null and (arrivals.ended_at is null or arrivals.clear_number > 0)
                then 'cannot_tell'
            when arrivals.ended_at > promised.due_at then 'late'
            when as_of.as_of_at < promised.due_at then 'pending'
            else 'missed'
        end as state
    from promised
    inner join as_of on promised.source_name = as_of.source_name
    left join arrivals
        on
            promised.pipeline_key = arrivals.pipeline_key
            and promised.expected_at = arrivals.expected_at
            and arrivals.arrival = 1
    union all
    select * from {{ ref('int_dataset_deliveries__judged') }}
),

final as (
    select
        {{ surrogate_key([
            'coalesce(nullif(judged.pipeline_key, ' ~ unknown_key() ~ '), judged.service_level_key)',
            'cast(extract(epoch from judged.expected_at) * 1000000 as bigint)',
        ]) }} as delivery_key,
        cast(judged.pipeline_key as uuid) as pipeline_key,
        cast(coalesce(pipelines.pipeline_version_key, {{ unknown_key() }}) as uuid) as pipeline_version_key,
        cast(judged.dataset_key as uuid) as dataset_key,
        cast(coalesce(datasets.dataset_version_key, {{ unknown_key() }}) as uuid) as dataset_version_key,
        cast(coalesce(
            nullif(datasets.team_key, {{ unknown_key() }}), pipelines.team_key, {{ unknown_key() }}
        ) as uuid) as team_key,
        cast(coalesce(service_levels.service_level_key, {{ unknown_key() }}) as uuid) as service_level_key,
        cast(
            coalesce(service_levels.service_level_version_key, {{ unknown_key() }}) as uuid
        ) as service_level_version_key,
        cast(judged.source_name as text) as source_name,
        {{ date_member('judged.expected_at') }} as expected_on,
        cast(judged.expected_at as timestamp) as expected_at,
        cast(judged.next_expected_at as timestamp) as next_expected_at,
        cast(judged.due_at as timestamp) as due_at,
        cast(judged.available_at as timestamp) as available_at,
        cast(judged.state as text) as state,
        cast(judged.run_id as text) as run_id,
        case
            when judged.state = 'late' then {{ seconds_between('judged.due_at', 'judged.available_at') }}
        end as late_seconds,
        cast(judged.calendar as text) as calendar,
        cast(judged.excuse as text) as excuse
    from judged
    left join pipelines
        on
            judged.pipeline_key = pipelines.pipeline_key
            and {{ held_at('pipelines', 'judged.expected_at') }}
    left join datasets
        on
            judged.dataset_key = datasets.dataset_key
            and {{ held_at('datasets', 'judged.expected_at') }}
    left join service_levels
        on
            judged.service_level_key = service_levels.service_level_key
            and judged.service_level_valid_from = service_levels.valid_from
    {{ only_retained(['judged.expected_at']) }}
)

select * from final
