{#- By name and not by ref, because what was built before may depend on the model that asks. A table from before
    one of the columns came says nothing that can be gone on from. -#}
{% macro previous_build_of(model_name, columns=[]) %}

{%- if not execute or model.resource_type == 'unit_test' or should_full_refresh() -%}
    {{ return(none) }}
{%- endif -%}
{%- set built = built_relation(model_name) -%}
{%- set previous = adapter.get_relation(built.database, built.schema, built.identifier) -%}
{%- if not previous or previous.is_view -%}
    {{ return(none) }}
{%- endif -%}
{%- set found = adapter.get_columns_in_relation(previous) | map(attribute='name') | list if columns else [] -%}
{{ return(previous if columns | reject('in', found) | list | length == 0 else none) }}

{% endmacro %}
