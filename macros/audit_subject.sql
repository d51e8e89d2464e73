{% macro audit_subject(rule_id, subject_type, relation) -%}
    {%- set keys = {
        'pipeline': ['pipeline'],
        'task': ['pipeline', 'task'],
        'dataset': ['dataset'],
        'check': ['pipeline', 'dataset', 'check'],
        'source': [],
    }[subject_type] -%}
    cast('{{ rule_id }}' as text) as rule_id,
        cast('{{ subject_type }}' as text) as subject_type,
        cast({{ relation }}.{{ subject_type }}_key as uuid) as subject_key,
        cast({{ relation }}.{{ 'pipeline_name' if subject_type == 'pipeline' else 'subject_name' }} as text) as subject_name,
        cast({{ relation }}.source_name as text) as source_name,
        {%- for entity in ['pipeline', 'task', 'dataset', 'check'] %}
        {% if entity in keys -%}
            cast(coalesce({{ relation }}.{{ entity }}_key, {{ unknown_key() }}) as uuid)
        {%- else -%}
            {{ unknown_key() }}
        {%- endif %} as {{ entity }}_key,
        {%- endfor %}
        cast({{ relation }}.team_key as uuid) as team_key
{%- endmacro %}
