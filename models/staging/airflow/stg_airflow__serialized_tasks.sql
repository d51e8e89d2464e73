{{ config(materialized='table') }}

{%- set options = {
    'owner': 'text',
    'retries': 'text',
    'retry_delay': 'json',
    'trigger_rule': 'text',
    'has_on_failure_callback': 'text',
    'on_failure_callback': 'text',
    'email': 'json',
    'email_on_failure': 'text',
    'sla': 'json',
    'execution_timeout': 'json',
    'reschedule': 'text',
    'inlets': 'json',
    'outlets': 'json',
} %}
{%- set shape = dict(options, task_id='text', task_type='text', _task_type='text', _task_module='text',
    _is_mapped='text', _is_sensor='text', downstream_task_ids='json', partial_kwargs=options) %}

with serialized_dags as (
    select * from {{ ref('stg_airflow__serialized_dags') }}
),

-- Airflow before 2.9 writes a task bare, later ones wrap it in __var.
unwrapped as (
    select
        serialized_dags.source_name,
        serialized_dags.dag_id,
        serialized_dags.dag_version_id,
        serialized_dags.serialized_at,
        serialized_dags.task_defaults,
        task.element as task,
        {{ json_parse('task.element', {'__var': 'json'}) }} as wrapper
    from serialized_dags
    {{ json_array_elements('serialized_dags.tasks', 'task') }}
),

parsed as (
    select
        source_name,
        dag_id,
        dag_version_id,
        serialized_at,
        {{ json_parse('task_defaults', {'owner': 'text', 'retries': 'text', 'retry_delay': 'json'}) }} as defaults,
        {{ json_parse('coalesce(' ~ json_field('wrapper', ['__var']) ~ ', task)', shape) }} as task
    from unwrapped
),

-- A mapped task keeps its options in partial_kwargs.
resolved as (
    select
        *,
    {%- for option, kind in options.items() %}
        {%- set read = json_field_text if kind == 'text' else json_field %}
        coalesce({{ read('task', [option]) }}, {{ read('task', ['partial_kwargs', option]) }}) as task_{{ option }}
        {{- ',' if not loop.last }}
    {%- endfor %}
    from parsed
),

final as (
    select
        cast(source_name as text) as source_name,
        cast(dag_id as text) as dag_id,
        cast(dag_version_id as text) as dag_version_id,
        cast(serialized_at as timestamp) as serialized_at,
        cast({{ json_field_text('task', ['task_id']) }} as text) as task_id,
        cast(coalesce(
            {{ json_field_text('task', ['task_type']) }}, {{ json_field_text('task', ['_task_type']) }}
        ) as text) as operator,
        cast({{ json_field_text('task', ['_task_module']) }} as text) as task_module,
        cast(coalesce(task_owner, {{ json_field_text('defaults', ['owner']) }}, 'airflow') as text) as owner,
        cast(coalesce(
            {{ to_number('task_retries') }}, {{ to_number(json_field_text('defaults', ['retries'])) }}, 0
        ) as integer) as retries,
        cast(coalesce(
            {{ airflow_duration_seconds('task_retry_delay') }},
            {{ airflow_duration_seconds(json_field('defaults', ['retry_delay'])) }},
            300
        ) as double precision) as retry_delay_seconds,
        cast(coalesce({{ json_field_text('task', ['_is_mapped']) }} = 'true', false) as boolean) as is_mapped,
        cast(
            coalesce({{ json_field_text('task', ['_is_sensor']) }} = 'true', false)
            or coalesce({{ json_field_text('task', ['_task_module']) }} like '%.sensors.%', false) as boolean
        ) as is_sensor,
        cast(coalesce(task_reschedule = 'true', false) as boolean) as is_reschedule,
        cast(coalesce(task_trigger_rule, 'all_success') as text) as trigger_rule,
        cast(
            coalesce(task_has_on_failure_callback = 'true', false)
            or coalesce(task_on_failure_callback not in ('', '[]'), false) as boolean
        ) as has_on_failure_callback,
        cast(nullif({{ airflow_list_text('task_email') }}, '') as text) as emails,
        cast(
            coalesce({{ airflow_list_text('task_email') }}, '') <> ''
            and coalesce(task_email_on_failure, 'true') <> 'false' as boolean
        ) as has_failure_email,
        cast({{ airflow_duration_seconds('task_sla') }} as double precision) as sla_seconds,
        cast({{ airflow_duration_seconds('task_execution_timeout') }} as double precision)
            as execution_timeout_seconds,
        {{ json_field('task', ['downstream_task_ids']) }} as downstream_task_ids,
        task_inlets as inlets,
        task_outlets as outlets
    from resolved
)

select * from final
