{% macro purged_facts() %}

{%- set steps = [] -%}
{%- for name, fact in retained_facts().items() if retention_days(name) is not none -%}
    {%- set relation = adapter.get_relation(fact.node.database, fact.node.schema, fact.node.alias) -%}
    {%- if relation -%}
        {%- set time = 'greatest(' ~ fact.node.config.meta.retained_by | join(', ') ~ ')' -%}
        {%- call statement('purged_' ~ name) %}
create temporary table purged_{{ name }} as
select
    {{ fact.key }},
    {{ time }} as last_at
from {{ relation }}
where
    not {{ is_retained(fact.node.config.meta.retained_by, retention_days(name), built_relation('int_sources__as_of')) }}
    {%- for reference in fact.references if not reference.may_be_unknown and retention_days(reference.to) is not none %}
    or {{ reference.column }} in (select {{ reference.key }} from purged_{{ reference.to }})
    {%- endfor %}
        {%- endcall -%}
        {%- do steps.append({
            'name': name,
            'fact': fact,
            'relation': relation,
            'gone': 'purged_' ~ name,
            'condition': 'gone.' ~ fact.key ~ ' = own.' ~ fact.key,
            'time': 'gone.last_at',
        }) -%}
    {%- endif -%}
{%- endfor -%}
{{ return(steps) }}

{% endmacro %}
