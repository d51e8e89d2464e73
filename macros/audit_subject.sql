{% macro audit_subject(rule_id, subject_type, relation) -%}
    {%- set subject = {
        'pipeline': {'key': 'pipeline_key', 'name': 'pipeline_name', 'concerns': ['pipeline']},
        'run': {'key': 'pipeline_run_key', 'concerns': ['pipeline']},
        'deployment': {'key': 'deployment_key', 'concerns': ['pipeline']},
        'task': {'key': 'task_key', 'concerns': ['pipeline', 'task']},
        'dataset': {'key': 'dataset_key', 'concerns': ['dataset']},
        'column': {'key': 'column_key', 'concerns': ['dataset']},
        'check': {'key': 'check_key', 'concerns': ['pipeline', 'dataset', 'check']},
        'contract': {'key': 'contract_key', 'concerns': ['dataset']},
        'service level': {'key': 'service_level_key', 'concerns': ['pipeline', 'dataset']},
        'alert rule': {'key': 'alert_rule_key', 'concerns': []},
        'incident': {'key': 'incident_key', 'concerns': ['pipeline', 'task', 'dataset']},
        'source': {'key': 'source_key', 'concerns': []},
    }[subject_type] -%}
    cast('{{ rule_id }}' as text) as rule_id,
        cast('{{ subject_type }}' as text) as subject_type,
        cast({{ relation }}.{{ subject.key }} as uuid) as subject_key,
        cast({{ relation }}.{{ subject.name or 'subject_name' }} as text) as subject_name,
        cast({{ relation }}.source_name as text) as source_name,
        {%- for entity in ['pipeline', 'task', 'dataset', 'check'] %}
        {% if entity in subject.concerns -%}
            cast(coalesce({{ relation }}.{{ entity }}_key, {{ unknown_key() }}) as uuid)
        {%- else -%}
            {{ unknown_key() }}
        {%- endif %} as {{ entity }}_key,
        {%- endfor %}
        cast({{ relation }}.team_key as uuid) as team_key
{%- endmacro %}
