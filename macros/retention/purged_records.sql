{#- Which rows go, of each raw table, and of each incremental model below the marts. What they belong to, when they
    were, and what needs them stands in their YAML, under meta.history. -#}
{% macro purged_records() %}

{%- set units = {
    'airflow_run': purged_airflow_runs(),
    'openlineage_run': purged_openlineage_runs(),
    'dbt_artifact': purged_dbt_artifacts(),
    'pipeline_run': purged_pipeline_runs(),
} -%}
{%- for unit, query in units.items() -%}
    {%- call statement('purged_' ~ unit) %}create temporary table purged_{{ unit }} as {{ query }}{% endcall -%}
{%- endfor -%}

{%- set steps = [] -%}
{%- for node in graph.sources.values() | list + graph.nodes.values() | list if node.config.meta.get('history') -%}
    {%- set history = node.config.meta.history -%}
    {%- set relation = adapter.get_relation(node.database, node.schema, node.identifier or node.alias) -%}
    {#- A replica that stands in for a raw table is somebody else's. -#}
    {%- if relation and not relation.is_view -%}
        {%- if history.unit -%}
            {%- do steps.append({
                'relation': relation,
                'gone': 'purged_' ~ history.unit,
                'condition': purged_with_unit('own', history),
                'time': 'gone.last_at',
            }) -%}
        {%- endif -%}
        {%- if history.time or not history.unit -%}
            {%- do steps.append({
                'relation': relation,
                'gone': 'purge_limits',
                'condition': purged_by_time(node, history),
                'time': 'greatest(own.' ~ history.time | join(', own.') ~ ')' if history.time else 'cast(null as timestamp)',
            }) -%}
        {%- endif -%}
    {%- endif -%}
{%- endfor -%}
{{ return(steps) }}

{% endmacro %}
