{{ config(materialized='incremental', incremental_strategy='rebuild_touched_runs') }}

{%- set counts = ['row_count', 'byte_count', 'file_count'] %}
{%- set said = ['event_at', 'lifecycle_state_change'] + counts %}

with

identified as (

    select * from {{ ref('int_openlineage_runs__identified') }}
    where run_kind <> 'dbt_test' and task_name is not null and {{ is_touched() }}

),

event_datasets as (

    select * from {{ ref('stg_openlineage__event_datasets') }}
    where
        role in ('input', 'output')
        {%- if is_incremental() %}
            and {{ is_among(['source_name', 'run_id'], 'identified', ['source_name', 'openlineage_run_id']) }}
        {%- endif %}

),

attempts as (

    select * from {{ ref('int_openlineage_runs__identified') }}
    where {{ is_touched() }}

),

-- What one run says at its end is all it says.
of_runs as (

    select
        source_name,
        run_id,
        role,
        dataset_namespace,
        dataset_name,
        {%- for column in said %}
            max({{ column }}) filter (where is_terminal) as final_{{ column }},
            max({{ column }}) as {{ column }},
        {%- endfor %}
        bool_or(event_type = 'COMPLETE') as is_completed
    from event_datasets
    group by 1, 2, 3, 4, 5

),

-- An attempt may run several queries, whose counts add up.
merged as (

    select
        of_runs.source_name,
        identified.attempt_openlineage_run_id,
        of_runs.role,
        of_runs.dataset_namespace,
        of_runs.dataset_name,
        coalesce(max(of_runs.final_event_at), max(of_runs.event_at)) as occurred_at,
        {%- for count in counts %}
            coalesce(
                max(of_runs.final_{{ count }}) filter (where not identified.is_query_of_task),
                sum(of_runs.final_{{ count }}) filter (where identified.is_query_of_task),
                max(of_runs.{{ count }})
            ) as {{ count }},
        {%- endfor %}
        coalesce(max(of_runs.final_lifecycle_state_change), max(of_runs.lifecycle_state_change))
            as lifecycle_state_change,
        bool_or(of_runs.is_completed) as is_completed
    from of_runs
    inner join identified
        on of_runs.source_name = identified.source_name and of_runs.run_id = identified.openlineage_run_id
    group by 1, 2, 3, 4, 5

),

final as (

    select
        cast(attempts.pipeline_run_key as uuid) as pipeline_run_key,
        cast(attempts.platform as text) as platform,
        cast(attempts.platform_instance as text) as platform_instance,
        cast(attempts.pipeline_name as text) as pipeline_name,
        cast(attempts.run_id as text) as run_id,
        cast(attempts.task_name as text) as task_name,
        cast(attempts.attempt_id as text) as attempt_id,
        cast(merged.role as text) as role,
        cast(merged.dataset_namespace as text) as dataset_namespace,
        cast(merged.dataset_name as text) as dataset_name,
        cast(merged.source_name as text) as source_name,
        cast(merged.attempt_openlineage_run_id as text) as openlineage_run_id,
        cast(attempts.parent_openlineage_run_id as text) as parent_openlineage_run_id,
        cast(merged.occurred_at as timestamp) as occurred_at,
        cast(merged.row_count as bigint) as row_count,
        cast(merged.byte_count as bigint) as byte_count,
        cast(merged.file_count as bigint) as file_count,
        cast(lower(merged.lifecycle_state_change) as text) as operation,
        case
            when merged.is_completed then true
            when attempts.state = 'failed' then false
            when attempts.state = 'success' then true
        end as is_successful
    from merged
    inner join attempts
        on
            merged.source_name = attempts.source_name
            and merged.attempt_openlineage_run_id = attempts.openlineage_run_id

)

select * from final
