{#- An operation belongs to no group, so that ref() gives it no private model. -#}
{% macro built(name) -%}
    {{ graph.nodes['model.plumbline.' ~ name].relation_name }}
{%- endmacro %}
