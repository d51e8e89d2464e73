{{ config(materialized='incremental', unique_key='event_key') }}

with

-- Read as often as it is named, because the events are too wide to be held.
deliveries as not materialized (

    select * from {{ source('openlineage', 'events') }}
    {{ only_loaded_since('_loaded_at') }}

),

first_deliveries as (

    {{ first_of_repeated(
        'deliveries', ['event_md5', '_source_name'], ['_loaded_at', '_load_id', '_source_file']
    ) }}

),

-- Producers are few, so their addresses are taken apart once each.
producers as (

    select
        producer,
        {{ producer_name('producer') }} as producer_name
    from deliveries
    group by producer

),

events as (

    select
        first_deliveries.*,
        producers.producer_name,
        {{ json_parse('first_deliveries.event', openlineage_event_shape()) }} as parsed_event
    from first_deliveries
    left join producers on first_deliveries.producer = producers.producer

),

unpacked as (

    select
        *,
        {{ json_field('parsed_event', ['run', 'facets', 'parent']) }} as parent,
        {{ json_field('parsed_event', ['run', 'facets', 'nominalTime']) }} as nominal_time,
        {{ json_field('parsed_event', ['job', 'facets', 'jobType']) }} as job_type,
        {{ json_field_text('parsed_event', ['run', 'facets', 'airflow', 'task', 'task_id']) }} as task_id,
        coalesce(
            {{ json_field('parsed_event', ['run', 'facets', 'airflow']) }},
            {{ json_field('parsed_event', ['run', 'facets', 'airflowDagRun']) }}
        ) as airflow,
        {{ normalized_sql(json_field_text('parsed_event', ['job', 'facets', 'sql', 'query'])) }} as sql_text
    from events

),

final as (

    select
        {{ surrogate_key(['_source_name', 'event_md5']) }} as event_key,
        _source_name as source_name,
        event_kind,
        event_type,
        event_time as event_at,
        coalesce(event_type in ('COMPLETE', 'FAIL', 'ABORT'), false) as is_terminal,
        producer_name,
        run_id,
        job_namespace,
        job_name,
        upper({{ json_field_text('job_type', ['jobType']) }}) as job_type,
        upper({{ json_field_text('job_type', ['integration']) }}) as job_integration,
        upper({{ json_field_text('job_type', ['processingType']) }}) as processing_type,
        {{ json_list_join('parsed_event', ['job', 'facets', 'ownership', 'owners'], ['name'], true) }} as owners,
        md5(sql_text) as sql_md5,
        {{ parse_timestamp(json_field_text('nominal_time', ['nominalStartTime'])) }} as nominal_start_at,
        {{ parse_timestamp(json_field_text('nominal_time', ['nominalEndTime'])) }} as nominal_end_at,
        {{ lower_uuid(json_field_text('parent', ['run', 'runId'])) }} as parent_run_id,
        {{ json_field_text('parent', ['job', 'namespace']) }} as parent_job_namespace,
        {{ json_field_text('parent', ['job', 'name']) }} as parent_job_name,
        {{ lower_uuid(json_field_text('parent', ['root', 'run', 'runId'])) }} as root_run_id,
        {{ json_field_text('parent', ['root', 'job', 'namespace']) }} as root_job_namespace,
        {{ json_field_text('parent', ['root', 'job', 'name']) }} as root_job_name,
        {{ json_field_text('parsed_event', ['run', 'facets', 'errorMessage', 'message']) }} as error_message,
        {{ json_field_text('airflow', ['dag', 'dag_id']) }} as airflow_dag_id,
        task_id as airflow_task_id,
        {{ json_field_text('airflow', ['dagRun', 'run_id']) }} as airflow_run_id,
        cast({{ to_number(json_field_text('airflow', ['taskInstance', 'try_number'])) }} as integer)
            as airflow_try_number,
        case
            when task_id is not null then coalesce(
                    cast({{ to_number(json_field_text('airflow', ['taskInstance', 'map_index'])) }} as integer), -1
                )
        end as airflow_map_index,
        {{ json_field_text('airflow', ['task', 'operator_class']) }} as airflow_operator,
        lower({{ json_field_text('airflow', ['dagRun', 'run_type']) }}) as airflow_run_type,
        cast({{ to_number(json_field_text('airflow', ['dagRun', 'clear_number'])) }} as integer)
            as airflow_clear_number,
        {%- for name in ['logical_date', 'data_interval_start', 'data_interval_end', 'run_after', 'start_date'] %}
            {{ parse_timestamp(json_field_text('airflow', ['dagRun', name])) }}
                as airflow_{{ name | replace('_date', '') }}_at,
        {%- endfor %}
        {{ json_field_text('parsed_event', ['run', 'facets', 'dbt_run', 'invocation_id']) }} as dbt_invocation_id,
        {{ json_field_text('parsed_event', ['run', 'facets', 'dbt_run', 'project_name']) }} as dbt_project_name,
        {{ json_field_text('parsed_event', ['job', 'facets', 'dbt_node', 'unique_id']) }} as dbt_unique_id,
        {{ json_field('parsed_event', ['run', 'facets', 'test', 'tests']) }} as tests,
        {{ json_field('parsed_event', ['inputs']) }} as inputs,
        {{ json_field('parsed_event', ['outputs']) }} as outputs,
        {{ json_field('parsed_event', ['dataset']) }} as dataset,
        _loaded_at as loaded_at
    from unpacked

)

select * from final
