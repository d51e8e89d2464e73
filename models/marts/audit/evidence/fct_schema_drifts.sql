with

thresholds as (

    {{ subject_thresholds('SD01', ['window_days']) }}

),

-- What breaks a reader, and what may.
changes as (

    select
        changes.*,
        as_of.as_of_at
    from {{ ref('fct_schema_changes') }} as changes
    inner join {{ ref('int_sources__as_of') }} as as_of on as_of.source_name = '*'
    {{ join_thresholds('changes.dataset_key') }}
    where
        changes.is_breaking is not false
        and {{ seconds_between('changes.changed_at', 'as_of.as_of_at') }}
        between 0 and {{ threshold('window_days') }} * 86400

),

readers as (

    select
        readers.schema_change_reader_key,
        readers.schema_change_key,
        readers.task_key,
        readers.pipeline_key,
        changes.changed_at
    from changes
    inner join {{ ref('bridge_schema_change_readers') }} as readers
        on changes.schema_change_key = readers.schema_change_key

),

runs as (

    select
        readers.schema_change_reader_key,
        task_runs.started_at,
        task_runs.task_run_key as run_key,
        task_runs.has_ended_well
    from readers
    inner join {{ ref('fct_task_runs') }} as task_runs
        on readers.task_key = task_runs.task_key and readers.changed_at < task_runs.started_at
    where task_runs.has_ended
    union all
    select
        readers.schema_change_reader_key,
        pipeline_runs.started_at,
        pipeline_runs.pipeline_run_key as run_key,
        pipeline_runs.verdict in ('succeeded', 'succeeded_with_failures') as has_ended_well
    from readers
    inner join {{ ref('fct_pipeline_runs') }} as pipeline_runs
        on readers.pipeline_key = pipeline_runs.pipeline_key and readers.changed_at < pipeline_runs.started_at
    where readers.task_key = {{ unknown_key() }} and pipeline_runs.verdict <> 'running'

),

first_runs as (

    select
        *,
        row_number() over (partition by schema_change_reader_key order by started_at, run_key) as run_number
    from runs

),

tallies as (

    select
        readers.schema_change_key,
        count(first_runs.run_key) filter (where first_runs.has_ended_well) as absorbed_count,
        count(first_runs.run_key) filter (where not first_runs.has_ended_well) as failed_count
    from readers
    inner join first_runs on readers.schema_change_reader_key = first_runs.schema_change_reader_key
    where first_runs.run_number = 1
    group by 1

),

final as (

    select
        cast(changes.schema_change_key as uuid) as schema_change_key,
        cast(changes.dataset_key as uuid) as dataset_key,
        cast(coalesce(changes.column_name, changes.column_name_before) as text) as column_name,
        cast(changes.change_kind as text) as change_kind,
        cast(changes.changed_at as timestamp) as changed_at,
        cast(changes.reader_count as bigint) as reader_count,
        cast(coalesce(tallies.absorbed_count, 0) as bigint) as absorbed_count,
        cast(
            case
                when changes.explained_by in ('contract_version', 'deployment') then 'explained'
                when changes.reader_count = 0 then 'unread'
                when changes.is_breaking is null then 'of_unknown_effect'
                when changes.explained_by = 'cannot_tell' then 'of_unknown_origin'
                when changes.reader_count is null then 'of_unknown_readers'
                when tallies.absorbed_count > 0 then 'absorbed'
                when tallies.failed_count > 0 then 'told'
                else 'not_read_since'
            end as text
        ) as drift_state
    from changes
    left join tallies on changes.schema_change_key = tallies.schema_change_key

)

select * from final
