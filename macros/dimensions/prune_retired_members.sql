{#- It asks the rows who still refers to a member, not how the run ended; so it is right after any run, of
    everything or of a selection, good or failed. -#}
{% macro prune_retired_members() %}

{%- for dimension in (dimension_references() if execute else []) %}
{%- set relation = adapter.get_relation(dimension.node.database, dimension.node.schema, dimension.node.alias) -%}
{%- if relation and has_retired_members(relation) %}
{%- call statement('prune_' ~ dimension.node.name, auto_begin=true) %}

delete from {{ relation }} as kept
where
    is_retired
    {%- for reference in dimension.references %}
    {%- set referring = adapter.get_relation(
        reference.node.database, reference.node.schema, reference.node.alias
    ) -%}
    {%- if referring and reference.column in adapter.get_columns_in_relation(referring) | map(attribute='name') %}
    and not (
        {{ 'is_current and ' if reference.is_of_current -}}
        exists (select 1 from {{ referring }} as referring where referring.{{ reference.column }} = kept.{{ reference.key }})
    )
    {%- endif %}
    {%- endfor %}

{%- endcall %}
{%- do adapter.commit() %}
{%- endif %}
{%- endfor %}

{% endmacro %}
