{#- Rows of models that are no more would hold the others back for ever. A builder may not make a schema, not even one
    that is there. -#}
{% macro create_increments() %}

{%- if execute %}
{%- set increments = increments_relation() -%}
{%- set names = [''] -%}
{%- for node in graph.nodes.values() if node.config.incremental_strategy == 'rebuild_touched_runs' -%}
    {%- do names.append(node.name) -%}
{%- endfor -%}
{%- if not adapter.check_schema_exists(increments.database, increments.schema) -%}
    {%- do adapter.create_schema(increments) -%}
{%- endif -%}
create table if not exists {{ increments }} (model_name text not null, built_until bigint not null);
delete from {{ increments }} where model_name not in ('{{ names | join("', '") }}')
{%- endif %}

{% endmacro %}
