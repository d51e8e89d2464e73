with

thresholds as (

    {{ audit_thresholds('SI05', ['history_days']) }}

),

pipelines as (

    select * from {{ ref('fct_pipeline_activity') }}

),

writes as (

    select
        writes.dataset_key,
        writes.pipeline_key,
        writes.pipeline_run_key,
        writes.written_at
    from {{ ref('fct_dataset_writes') }} as writes
    inner join {{ ref('fct_dataset_activity') }} as datasets on writes.dataset_key = datasets.dataset_key
    cross join thresholds
    where
        writes.is_successful
        and {{ seconds_between('writes.written_at', 'datasets.as_of_at') }}
        between 0 and thresholds.history_days * 86400

),

-- Of what several pipelines write nobody knows whose turn brings what.
writers as (

    select
        dataset_key,
        {{ only_key('pipeline_key', 'true') }} as pipeline_key
    from writes
    group by dataset_key

),

first_writes as (

    select
        dataset_key,
        pipeline_run_key,
        min(written_at) as written_at
    from writes
    group by dataset_key, pipeline_run_key

),

turns as (

    select
        writers.dataset_key,
        writers.pipeline_key,
        deliveries.expected_at,
        deliveries.excuse,
        pipelines.as_of_at
    from writers
    inner join pipelines on writers.pipeline_key = pipelines.pipeline_key
    inner join {{ ref('fct_deliveries') }} as deliveries on writers.pipeline_key = deliveries.pipeline_key
    cross join thresholds
    where
        {{ seconds_between('deliveries.expected_at', 'pipelines.as_of_at') }}
        between 0 and thresholds.history_days * 86400

),

-- Nothing came by a turn that had no run, or failed ones. Of one that was made up later by a backfill, or of which no
-- write is known, it cannot be told what its readers were told.
final as (

    select
        {{ surrogate_key([
            'turns.dataset_key', 'cast(extract(epoch from turns.expected_at) * 1000000 as bigint)'
        ]) }} as dataset_turn_key,
        cast(turns.dataset_key as uuid) as dataset_key,
        cast(turns.pipeline_key as uuid) as pipeline_key,
        cast(turns.expected_at as timestamp) as expected_at,
        cast(min(first_writes.written_at) filter (where runs.run_type <> 'backfill') as timestamp) as written_at,
        cast(
            case
                when max(turns.excuse) is not null then 'excused'
                when bool_or(coalesce(runs.clear_number, 0) > 0) then 'unknown'
                when min(first_writes.written_at) filter (where runs.run_type <> 'backfill') is not null then 'written'
                when bool_and(coalesce(runs.verdict, 'failed') = 'failed') then 'without'
                else 'unknown'
            end as text
        ) as state,
        cast(turns.as_of_at as timestamp) as as_of_at
    from turns
    left join {{ ref('int_deliveries__covered') }} as covered
        on turns.pipeline_key = covered.pipeline_key and turns.expected_at = covered.expected_at
    left join {{ ref('fct_pipeline_runs') }} as runs on covered.pipeline_run_key = runs.pipeline_run_key
    left join first_writes
        on turns.dataset_key = first_writes.dataset_key and covered.pipeline_run_key = first_writes.pipeline_run_key
    group by turns.dataset_key, turns.pipeline_key, turns.expected_at, turns.as_of_at

)

select * from final
