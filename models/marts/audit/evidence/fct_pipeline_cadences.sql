with

thresholds as (
    {{ subject_thresholds('AL03', ['cadence_runs', 'minimum_cadence_gaps', 'cadence_factor']) }}
),

pipelines as (

    select
        activity.*,
        current_pipelines.schedule_kind,
        coalesce(dags.has_import_errors, false) as has_import_errors
    from {{ ref('fct_pipeline_activity') }} as activity
    inner join {{ ref('dim_pipelines_current') }} as current_pipelines
        on activity.pipeline_key = current_pipelines.pipeline_key
    left join {{ ref('int_airflow_dags__versioned') }} as dags
        on
            activity.platform_instance = dags.source_name
            and activity.pipeline_name = dags.dag_id
            and activity.platform = 'airflow'
            and dags.is_current

),

run_starts as (

    select
        pipeline_key,
        started_at,
        min(started_at) over (partition by pipeline_key) as first_started_at,
        {{ seconds_between('lag(started_at) over starts', 'started_at') }} as gap_seconds,
        row_number() over (partition by pipeline_key order by started_at desc, run_id desc) as recency
    from {{ ref('fct_pipeline_runs') }}
    where started_at is not null and run_type in ('scheduled', 'asset_triggered')
    window starts as (partition by pipeline_key order by started_at, run_id)

),

-- How often it starts, by the last of its starts; the time since then is what is judged, and is no part of it.
cadences as (

    select
        run_starts.pipeline_key,
        min(run_starts.first_started_at) as first_started_at,
        max(run_starts.started_at) as last_started_at,
        count(run_starts.gap_seconds) as gap_count,
        max(run_starts.gap_seconds) as longest_seconds,
        max(run_starts.started_at)
        + percentile_cont(0.5) within group (order by run_starts.gap_seconds) * interval '1 second' as next_started_at
    from run_starts
    {{ join_thresholds('run_starts.pipeline_key') }}
    where run_starts.recency <= {{ threshold('cadence_runs') }}
    group by 1

),

-- Who else reads what it wrote after it stopped, and whether somebody else writes it by now.
others as (

    select
        outputs.pipeline_key,
        pipelines.pipeline_name as reader_name,
        inputs.last_read_at > cadences.next_started_at as is_reader,
        coalesce(
            bool_or(inputs.last_written_at > cadences.next_started_at) over (
                partition by outputs.pipeline_key, outputs.dataset_key
            ), false
        ) as is_served
    from cadences
    inner join {{ ref('bridge_pipeline_datasets') }} as outputs on cadences.pipeline_key = outputs.pipeline_key
    inner join {{ ref('bridge_pipeline_datasets') }} as inputs
        on
            outputs.dataset_key = inputs.dataset_key
            and outputs.pipeline_key <> inputs.pipeline_key
    inner join pipelines on inputs.pipeline_key = pipelines.pipeline_key
    where outputs.last_written_at is not null

),

readers as (

    select
        pipeline_key,
        string_agg(distinct reader_name, ', ' order by reader_name) as reader_names
    from others
    where is_reader and not is_served
    group by 1

),

final as (

    select
        cast(pipelines.pipeline_key as uuid) as pipeline_key,
        cast(pipelines.schedule_kind as text) as schedule_kind,
        cast(cadences.first_started_at as timestamp) as first_started_at,
        cast(cadences.last_started_at as timestamp) as last_started_at,
        cast(coalesce(cadences.gap_count, 0) as bigint) as gap_count,
        cast(
            case
                when pipelines.is_gone or pipelines.is_paused then cadences.next_started_at
                when
                    pipelines.schedule_kind = 'dataset'
                    and cadences.gap_count >= {{ threshold('minimum_cadence_gaps') }}
                    then
                        cadences.last_started_at
                        + cadences.longest_seconds * {{ threshold('cadence_factor') }} * interval '1 second'
            end as timestamp
        ) as stops_at,
        cast(pipelines.has_import_errors as boolean) as has_import_errors,
        cast(readers.reader_names as text) as reader_names,
        cast(pipelines.as_of_at as timestamp) as as_of_at
    from pipelines
    {{ join_thresholds('pipelines.pipeline_key') }}
    left join cadences on pipelines.pipeline_key = cadences.pipeline_key
    left join readers on pipelines.pipeline_key = readers.pipeline_key

)

select * from final
