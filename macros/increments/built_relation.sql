{#- For hooks, strategies and operations, which make no model depend on another; an operation belongs to no group, so
    that ref() gives it no private model. -#}
{% macro built_relation(model_name) %}

{%- set node = graph.nodes['model.plumbline.' ~ model_name] -%}
{{ return(api.Relation.create(node.database, node.schema, node.alias)) }}

{% endmacro %}
