{#- What an older version made lacks columns that this one reads; asked at once, as an operation can try nothing and go
    on. A replica that stands in for a raw table is somebody else's. -#}
{% macro relations_of_older_versions() %}

{%- set nodes = [] -%}
{%- for node in graph.nodes.values() if node.resource_type == 'model' -%}
    {%- if node.config.meta.get('retained_by') or node.fqn[1] in ['staging', 'intermediate'] -%}
        {%- do nodes.append(node) -%}
    {%- endif -%}
{%- endfor -%}
{%- do nodes.extend(graph.sources.values() | selectattr('config.meta.history', 'defined')) -%}

{%- set built = {} -%}
{%- set query -%}
select columns.table_schema, columns.table_name, columns.column_name, tables.table_type
from information_schema.columns as columns
inner join information_schema.tables as tables
    on
        columns.table_catalog = tables.table_catalog
        and columns.table_schema = tables.table_schema
        and columns.table_name = tables.table_name
where columns.table_catalog = '{{ nodes[0].database }}'
{%- endset -%}
{%- for row in run_query(query).rows -%}
    {%- set relation = built.setdefault((row[0], row[1]), {'type': row[3], 'columns': []}) -%}
    {%- do relation.columns.append(row[2]) -%}
{%- endfor -%}

{%- set older = [] -%}
{%- for node in nodes -%}
    {%- set relation = built.get((node.schema, node.identifier or node.alias)) -%}
    {%- set is_replica = relation and node.resource_type == 'source' and relation.type == 'VIEW' -%}
    {%- if relation and not is_replica and node.columns.keys() | reject('in', relation.columns) | list -%}
        {%- do older.append(node.schema ~ '.' ~ (node.identifier or node.alias)) -%}
    {%- endif -%}
{%- endfor -%}
{{ return(older | sort) }}

{% endmacro %}
