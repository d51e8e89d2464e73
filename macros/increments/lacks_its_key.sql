{% macro lacks_its_key() %}

{%- set existing = adapter.get_relation(this.database, this.schema, this.identifier) -%}
{%- if not existing or not existing.is_table -%}
    {{ return(false) }}
{%- endif -%}
{{ return(model.config.unique_key not in adapter.get_columns_in_relation(existing) | map(attribute='name')) }}

{% endmacro %}
