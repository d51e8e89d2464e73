{{ config(materialized='incremental', incremental_strategy='rebuild_touched_runs') }}

with

identified as (

    select * from {{ ref('int_openlineage_runs__identified') }}
    where run_kind <> 'dbt_test' and task_name is not null and {{ is_touched() }}

),

event_datasets as (

    select * from {{ ref('stg_openlineage__event_datasets') }}
    where
        role in ('input', 'output')
        and {{ is_among(['source_name', 'run_id'], 'identified', ['source_name', 'openlineage_run_id']) }}

),

attempts as (

    select * from {{ ref('int_openlineage_runs__identified') }}
    where {{ is_touched() }}

),

-- An attempt may run several queries, whose counts add up; what one run says at its end is all it says.
merged as (

    select
        event_datasets.source_name,
        identified.attempt_openlineage_run_id,
        event_datasets.role,
        event_datasets.dataset_namespace,
        event_datasets.dataset_name,
        coalesce(
            max(event_datasets.event_at) filter (where event_datasets.is_terminal), max(event_datasets.event_at)
        ) as occurred_at,
        {%- for count in ['row_count', 'byte_count', 'file_count'] %}
            coalesce(
                max(event_datasets.{{ count }})
                filter (where event_datasets.is_terminal and not identified.is_query_of_task),
                sum(event_datasets.{{ count }})
                filter (where event_datasets.is_terminal and identified.is_query_of_task),
                max(event_datasets.{{ count }})
            ) as {{ count }},
        {%- endfor %}
        coalesce(
            max(event_datasets.lifecycle_state_change) filter (where event_datasets.is_terminal),
            max(event_datasets.lifecycle_state_change)
        ) as lifecycle_state_change,
        bool_or(event_datasets.event_type = 'COMPLETE') as is_completed
    from event_datasets
    inner join identified
        on
            event_datasets.source_name = identified.source_name
            and event_datasets.run_id = identified.openlineage_run_id
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
