{{ config(materialized='incremental', unique_key=['source_name', 'run_id']) }}

{#- What is the same on every event of a run. -#}
{%- set fixed_columns = [
    'parent_run_id', 'parent_job_namespace', 'parent_job_name', 'root_run_id', 'root_job_namespace', 'root_job_name',
    'airflow_dag_id', 'airflow_task_id', 'airflow_run_id', 'airflow_try_number', 'airflow_map_index',
    'airflow_operator', 'airflow_run_type', 'airflow_clear_number', 'airflow_logical_at',
    'airflow_data_interval_start_at', 'airflow_data_interval_end_at', 'airflow_run_after_at', 'airflow_start_at',
    'dbt_invocation_id', 'dbt_project_name', 'dbt_unique_id', 'nominal_start_at', 'nominal_end_at',
    'job_type', 'job_integration', 'processing_type', 'error_message',
] -%}
{#- What the end of a run may correct. -#}
{%- set corrected_columns = ['job_namespace', 'job_name'] %}

with

-- Of all history they are too many to be held, so they are read twice.
events as not materialized (

    select * from {{ ref('stg_openlineage__events') }}
    where
        event_kind = 'RUN'
        and run_id is not null
        {{ and_touched_in(ref('stg_openlineage__events'), ['source_name', 'run_id']) }}

),

merged as (

    select
        source_name,
        run_id,
        {%- for column in fixed_columns %}
            max({{ column }}) as {{ column }},
        {%- endfor %}
        {%- for column in corrected_columns %}
            coalesce(max({{ column }}) filter (where is_terminal), max({{ column }})) as {{ column }},
        {%- endfor %}
        max(job_owners) as job_owners,
        coalesce(max(sql_query) filter (where is_terminal), max(sql_query)) as sql_query,
        min(event_at) as first_seen_at,
        max(event_at) as last_seen_at,
        min(event_at) filter (where event_type = 'START') as started_at,
        max(event_at) filter (where event_type = 'START') as last_started_at,
        max(event_at) filter (where event_type in ('FAIL', 'ABORT')) as failed_at,
        max(event_at) filter (where event_type = 'ABORT') as aborted_at,
        max(event_at) filter (where is_terminal) as terminated_at,
        max(loaded_at) as loaded_at
    from events
    group by 1, 2

),

-- Queries come again and again, and their text is long.
queries as (

    select
        sql_query,
        md5({{ normalized_sql('sql_query') }}) as sql_md5
    from {{ 'merged' if is_incremental() else 'events' }}
    where sql_query is not null
    group by 1

),

judged as (

    -- A START after the end is another try under the same id; any other later event is only late news.
    select
        merged.*,
        queries.sql_md5,
        coalesce(merged.terminated_at >= coalesce(merged.last_started_at, merged.terminated_at), false) as has_ended,
        {{ json_parse('merged.job_owners', [{'name': 'text'}]) }} as owner_list
    from merged
    left join queries on merged.sql_query = queries.sql_query

),

final as (

    select
        source_name,
        run_id,
        {%- for column in fixed_columns + corrected_columns %}
            {{ column }},
        {%- endfor %}
        {{ json_list_join('owner_list', [], ['name'], true) }} as owners,
        sql_md5,
        case
            when airflow_task_id is not null then 'airflow_task'
            when airflow_dag_id is not null or (job_integration = 'AIRFLOW' and job_type = 'DAG') then 'airflow_dag_run'
            when dbt_invocation_id is null and coalesce(job_integration, '') <> 'DBT' then 'other'
            when job_type = 'TEST' then 'dbt_test'
            when dbt_unique_id is null and coalesce(job_type, 'JOB') = 'JOB' then 'dbt_invocation'
            else 'dbt_node'
        end as run_kind,
        first_seen_at,
        last_seen_at,
        started_at,
        case when has_ended then terminated_at end as ended_at,
        case
            when not has_ended then 'running'
            when failed_at = terminated_at then 'failed'
            else 'success'
        end as state,
        case
            when not has_ended then 'running'
            when aborted_at = terminated_at then 'abort'
            when failed_at = terminated_at then 'fail'
            else 'complete'
        end as reported_state,
        loaded_at
    from judged

)

select * from final
