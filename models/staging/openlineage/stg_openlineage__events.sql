with

source as (

    select * from {{ source('openlineage', 'events') }}

),

final as (

    select
        cast(event_md5 as uuid) as event_key,
        _source_name as source_name,
        event_kind,
        event_type,
        event_time as event_at,
        coalesce(event_type in ('COMPLETE', 'FAIL', 'ABORT'), false) as is_terminal,
        run_id,
        job_namespace,
        job_name,
        upper(job_type) as job_type,
        upper(job_integration) as job_integration,
        upper(processing_type) as processing_type,
        job_owners,
        sql_query,
        nominal_start_time as nominal_start_at,
        nominal_end_time as nominal_end_at,
        {{ lower_uuid('parent_run_id') }} as parent_run_id,
        parent_job_namespace,
        parent_job_name,
        {{ lower_uuid('root_run_id') }} as root_run_id,
        root_job_namespace,
        root_job_name,
        error_message,
        airflow_dag_id,
        airflow_task_id,
        airflow_run_id,
        airflow_try_number,
        case when airflow_task_id is not null then coalesce(airflow_map_index, -1) end as airflow_map_index,
        airflow_operator,
        lower(airflow_run_type) as airflow_run_type,
        airflow_clear_number,
        airflow_logical_date as airflow_logical_at,
        airflow_data_interval_start as airflow_data_interval_start_at,
        airflow_data_interval_end as airflow_data_interval_end_at,
        airflow_run_after as airflow_run_after_at,
        airflow_start_date as airflow_start_at,
        dbt_invocation_id,
        dbt_project_name,
        dbt_unique_id,
        {{ json_parse('tests', 'json') }} as tests,
        _loaded_at as loaded_at
    from source

)

select * from final
