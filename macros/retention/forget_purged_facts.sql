{#- What a kept fact tells of one that has gone is that it is unknown, as in a full refresh. -#}
{% macro forget_purged_facts(steps) %}

{%- set purged = steps | selectattr('rows') | map(attribute='name') | list -%}
{%- for name, fact in retained_facts().items() -%}
    {%- set relation = adapter.get_relation(fact.node.database, fact.node.schema, fact.node.alias) -%}
    {%- for reference in fact.references if relation and reference.may_be_unknown and reference.to in purged -%}
        {%- do run_query(
            'update ' ~ relation ~ ' set ' ~ reference.column ~ ' = ' ~ unknown_key() ~ ' where ' ~ reference.column
            ~ ' in (select ' ~ reference.key ~ ' from purged_' ~ reference.to ~ ')'
        ) -%}
    {%- endfor -%}
{%- endfor -%}

{% endmacro %}
