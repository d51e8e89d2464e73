{% macro increments_relation() %}

{%- set beside = built_relation('int_openlineage_runs__identified') -%}
{{ return(api.Relation.create(beside.database, beside.schema, 'increments', type='table')) }}

{% endmacro %}
