{% macro openlineage_event_shape() -%}
    {%- set job = {'namespace': 'text', 'name': 'text'} -%}
    {%- set run = {'runId': 'text'} -%}
    {%- set dag_run = {
        'run_id': 'text', 'run_type': 'text', 'clear_number': 'text', 'logical_date': 'text', 'run_after': 'text',
        'data_interval_start': 'text', 'data_interval_end': 'text', 'start_date': 'text',
    } -%}
    {%- set airflow = {
        'dag': {'dag_id': 'text'}, 'dagRun': dag_run, 'task': {'task_id': 'text', 'operator_class': 'text'},
        'taskInstance': {'try_number': 'text', 'map_index': 'text'},
    } -%}
    {%- set run_facets = {
        'nominalTime': {'nominalStartTime': 'text', 'nominalEndTime': 'text'},
        'parent': {'run': run, 'job': job, 'root': {'run': run, 'job': job}},
        'errorMessage': {'message': 'text'}, 'test': {'tests': 'json'},
        'airflow': airflow, 'airflowDagRun': airflow,
        'dbt_run': {'invocation_id': 'text', 'project_name': 'text'},
    } -%}
    {%- set job_facets = {
        'jobType': {'jobType': 'text', 'integration': 'text', 'processingType': 'text'},
        'ownership': {'owners': [{'name': 'text'}]}, 'dbt_node': {'unique_id': 'text'}, 'sql': {'query': 'text'},
    } -%}
    {%- do return({
        'run': {'facets': run_facets}, 'job': {'facets': job_facets},
        'inputs': 'json', 'outputs': 'json', 'dataset': 'json',
    }) -%}
{%- endmacro %}
