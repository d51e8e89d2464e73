-- What the landing of OpenLineage events is measured against: events as they are in a jsonb column (naive.events, filled
-- by COPY), from which staging reads every field by ->>. The rows are those of plumbline's own staging models.
create table naive.stg_events as
select
    case when event ? 'run' then 'RUN' when event ? 'dataset' then 'DATASET' else 'JOB' end as event_kind,
    upper(event ->> 'eventType') as event_type,
    (event ->> 'eventTime')::timestamptz at time zone 'UTC' as event_at,
    coalesce(upper(event ->> 'eventType') in ('COMPLETE', 'FAIL', 'ABORT'), false) as is_terminal,
    event ->> 'producer' as producer,
    event -> 'run' ->> 'runId' as run_id,
    event -> 'job' ->> 'namespace' as job_namespace,
    event -> 'job' ->> 'name' as job_name,
    upper(event -> 'job' -> 'facets' -> 'jobType' ->> 'jobType') as job_type,
    upper(event -> 'job' -> 'facets' -> 'jobType' ->> 'integration') as job_integration,
    upper(event -> 'job' -> 'facets' -> 'jobType' ->> 'processingType') as processing_type,
    event -> 'job' -> 'facets' -> 'ownership' -> 'owners' as job_owners,
    event -> 'job' -> 'facets' -> 'sql' ->> 'query' as sql_query,
    (event -> 'run' -> 'facets' -> 'nominalTime' ->> 'nominalStartTime')::timestamptz at time zone 'UTC'
        as nominal_start_at,
    (event -> 'run' -> 'facets' -> 'nominalTime' ->> 'nominalEndTime')::timestamptz at time zone 'UTC'
        as nominal_end_at,
    event -> 'run' -> 'facets' -> 'parent' -> 'run' ->> 'runId' as parent_run_id,
    event -> 'run' -> 'facets' -> 'parent' -> 'job' ->> 'namespace' as parent_job_namespace,
    event -> 'run' -> 'facets' -> 'parent' -> 'job' ->> 'name' as parent_job_name,
    event -> 'run' -> 'facets' -> 'parent' -> 'root' -> 'run' ->> 'runId' as root_run_id,
    event -> 'run' -> 'facets' -> 'parent' -> 'root' -> 'job' ->> 'namespace' as root_job_namespace,
    event -> 'run' -> 'facets' -> 'parent' -> 'root' -> 'job' ->> 'name' as root_job_name,
    event -> 'run' -> 'facets' -> 'errorMessage' ->> 'message' as error_message,
    coalesce(
        event -> 'run' -> 'facets' -> 'airflow' -> 'dag' ->> 'dag_id',
        event -> 'run' -> 'facets' -> 'airflowDagRun' -> 'dag' ->> 'dag_id'
    ) as airflow_dag_id,
    event -> 'run' -> 'facets' -> 'airflow' -> 'task' ->> 'task_id' as airflow_task_id,
    coalesce(
        event -> 'run' -> 'facets' -> 'airflow' -> 'dagRun' ->> 'run_id',
        event -> 'run' -> 'facets' -> 'airflowDagRun' -> 'dagRun' ->> 'run_id'
    ) as airflow_run_id,
    (event -> 'run' -> 'facets' -> 'airflow' -> 'taskInstance' ->> 'try_number')::integer as airflow_try_number,
    case
        when event -> 'run' -> 'facets' -> 'airflow' -> 'task' ->> 'task_id' is not null
            then coalesce((event -> 'run' -> 'facets' -> 'airflow' -> 'taskInstance' ->> 'map_index')::integer, -1)
    end as airflow_map_index,
    event -> 'run' -> 'facets' -> 'airflow' -> 'task' ->> 'operator_class' as airflow_operator,
    lower(coalesce(
        event -> 'run' -> 'facets' -> 'airflow' -> 'dagRun' ->> 'run_type',
        event -> 'run' -> 'facets' -> 'airflowDagRun' -> 'dagRun' ->> 'run_type'
    )) as airflow_run_type,
    coalesce(
        event -> 'run' -> 'facets' -> 'airflow' -> 'dagRun' ->> 'clear_number',
        event -> 'run' -> 'facets' -> 'airflowDagRun' -> 'dagRun' ->> 'clear_number'
    )::integer as airflow_clear_number,
    coalesce(
        event -> 'run' -> 'facets' -> 'airflow' -> 'dagRun' ->> 'logical_date',
        event -> 'run' -> 'facets' -> 'airflowDagRun' -> 'dagRun' ->> 'logical_date'
    )::timestamptz at time zone 'UTC' as airflow_logical_at,
    coalesce(
        event -> 'run' -> 'facets' -> 'airflow' -> 'dagRun' ->> 'data_interval_start',
        event -> 'run' -> 'facets' -> 'airflowDagRun' -> 'dagRun' ->> 'data_interval_start'
    )::timestamptz at time zone 'UTC' as airflow_data_interval_start_at,
    coalesce(
        event -> 'run' -> 'facets' -> 'airflow' -> 'dagRun' ->> 'data_interval_end',
        event -> 'run' -> 'facets' -> 'airflowDagRun' -> 'dagRun' ->> 'data_interval_end'
    )::timestamptz at time zone 'UTC' as airflow_data_interval_end_at,
    coalesce(
        event -> 'run' -> 'facets' -> 'airflow' -> 'dagRun' ->> 'run_after',
        event -> 'run' -> 'facets' -> 'airflowDagRun' -> 'dagRun' ->> 'run_after'
    )::timestamptz at time zone 'UTC' as airflow_run_after_at,
    coalesce(
        event -> 'run' -> 'facets' -> 'airflow' -> 'dagRun' ->> 'start_date',
        event -> 'run' -> 'facets' -> 'airflowDagRun' -> 'dagRun' ->> 'start_date'
    )::timestamptz at time zone 'UTC' as airflow_start_at,
    event -> 'run' -> 'facets' -> 'dbt_run' ->> 'invocation_id' as dbt_invocation_id,
    event -> 'run' -> 'facets' -> 'dbt_run' ->> 'project_name' as dbt_project_name,
    event -> 'job' -> 'facets' -> 'dbt_node' ->> 'unique_id' as dbt_unique_id,
    event -> 'run' -> 'facets' -> 'test' -> 'tests' as tests,
    event -> 'inputs' as inputs,
    event -> 'outputs' as outputs,
    event -> 'dataset' as dataset
from naive.events;

create table naive.stg_event_datasets as
with event_datasets as (
    select
        stg_events.*,
        'input' as role,
        datasets.element,
        datasets.element_index
    from naive.stg_events
    cross join lateral jsonb_array_elements(inputs) with ordinality as datasets (element, element_index)

    union all

    select
        stg_events.*,
        'output' as role,
        datasets.element,
        datasets.element_index
    from naive.stg_events
    cross join lateral jsonb_array_elements(outputs) with ordinality as datasets (element, element_index)
)

select
    run_id,
    event_at,
    event_type,
    is_terminal,
    regexp_replace(
        regexp_replace(
            regexp_replace(producer, '^https?://(github\.com/)?', ''), '/(tree|blob)/', '/'
        ),
        '/v?[0-9]+[.-][0-9]+[^/]*', ''
    ) as producer_name,
    role,
    element_index::integer as dataset_index,
    element ->> 'namespace' as dataset_namespace,
    element ->> 'name' as dataset_name,
    coalesce(
        element -> 'outputFacets' -> 'outputStatistics' ->> 'rowCount',
        element -> 'inputFacets' -> 'inputStatistics' ->> 'rowCount',
        element -> 'inputFacets' -> 'dataQualityMetrics' ->> 'rowCount'
    )::bigint as row_count,
    coalesce(
        element -> 'outputFacets' -> 'outputStatistics' ->> 'size',
        element -> 'inputFacets' -> 'inputStatistics' ->> 'size',
        element -> 'inputFacets' -> 'dataQualityMetrics' ->> 'bytes'
    )::bigint as byte_count,
    coalesce(
        element -> 'outputFacets' -> 'outputStatistics' ->> 'fileCount',
        element -> 'inputFacets' -> 'inputStatistics' ->> 'fileCount',
        element -> 'inputFacets' -> 'dataQualityMetrics' ->> 'fileCount'
    )::bigint as file_count,
    upper(element -> 'facets' -> 'lifecycleStateChange' ->> 'lifecycleStateChange') as lifecycle_state_change,
    element -> 'facets' -> 'version' ->> 'datasetVersion' as dataset_version,
    element -> 'facets' -> 'schema' -> 'fields' as schema_fields,
    (
        select md5(lower(string_agg(concat_ws(' ', field ->> 'name', field ->> 'type'), ', ' order by field_index)))
        from
            jsonb_array_elements(element -> 'facets' -> 'schema' -> 'fields') with ordinality
            as fields (field, field_index)
    ) as schema_md5,
    (
        select string_agg(distinct owner ->> 'name', ', ' order by owner ->> 'name')
        from jsonb_array_elements(element -> 'facets' -> 'ownership' -> 'owners') as owner
    ) as owners,
    (
        select identifier ->> 'namespace'
        from jsonb_array_elements(element -> 'facets' -> 'symlinks' -> 'identifiers') as identifier
        where identifier ->> 'type' = 'TABLE'
        limit 1
    ) as symlink_namespace,
    (
        select identifier ->> 'name'
        from jsonb_array_elements(element -> 'facets' -> 'symlinks' -> 'identifiers') as identifier
        where identifier ->> 'type' = 'TABLE'
        limit 1
    ) as symlink_name,
    coalesce(
        element -> 'inputFacets' -> 'dataQualityAssertions' -> 'assertions',
        element -> 'facets' -> 'dataQualityAssertions' -> 'assertions'
    ) as assertions,
    coalesce(
        element -> 'inputFacets' -> 'greatExpectations_assertions' -> 'assertions',
        element -> 'facets' -> 'greatExpectations_assertions' -> 'assertions'
    ) as gx_assertions
from event_datasets;
