{#- For hooks and strategies, which belong to every model and make none of them depend on another. -#}
{% macro built_relation(model_name) %}

{%- set node = graph.nodes['model.plumbline.' ~ model_name] -%}
{{ return(api.Relation.create(node.database, node.schema, node.alias)) }}

{% endmacro %}
