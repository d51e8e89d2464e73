{#- A run goes as a whole, when nothing was heard of it or of its tasks since the limit. -#}
{% macro purged_airflow_runs() -%}
{%- set times = {
    'dag_run': ['updated_at', 'queued_at', 'start_date', 'end_date'],
    'task_instance': ['updated_at', 'queued_dttm', 'scheduled_dttm', 'start_date', 'end_date', 'last_heartbeat_at'],
    'task_instance_history': ['updated_at', 'queued_dttm', 'scheduled_dttm', 'start_date', 'end_date'],
} -%}
with sightings as (
    {%- for table, columns in times.items() %}
    select
        _source_name as source_name,
        dag_id,
        run_id,
        {{ 'id' if table == 'dag_run' else 'null' }} as dag_run_id,
        greatest({{ columns | join(', ') }}) as last_at
    from {{ source('airflow', table) }}
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
),

runs as (
    select
        source_name,
        dag_id,
        run_id,
        max(dag_run_id) as dag_run_id,
        max(last_at) as last_at
    from sightings
    group by 1, 2, 3
)

select runs.*
from runs
inner join purge_limits as limits on runs.source_name = limits.source_name
where runs.last_at < limits.purge_before
{%- endmacro %}
