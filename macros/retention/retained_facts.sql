{#- Who refers comes after whom it cannot do without, so that it can go with it. -#}
{% macro retained_facts() %}

{%- set facts = {} -%}
{%- for node in graph.nodes.values() if node.resource_type == 'model' and node.config.meta.get('retained_by') -%}
    {%- do facts.update({node.name: {'node': node, 'key': none, 'references': []}}) -%}
{%- endfor -%}

{%- for test in graph.nodes.values() if test.test_metadata and graph.nodes.get(test.attached_node, {}).name in facts -%}
    {%- set fact = facts[graph.nodes[test.attached_node].name] -%}
    {%- if test.test_metadata.name == 'unique' -%}
        {%- do fact.update({'key': test.column_name}) -%}
    {%- elif test.test_metadata.name == 'relationships' -%}
        {%- set to = modules.re.search("'(\w+)'", test.test_metadata.kwargs['to']).group(1) -%}
        {%- if to in facts -%}
            {%- do fact.references.append({
                'to': to,
                'column': test.column_name,
                'key': test.test_metadata.kwargs['field'],
                'is_of_same_name': test.column_name == test.test_metadata.kwargs['field'],
                'may_be_unknown': test.config.where is not none,
            }) -%}
        {%- endif -%}
    {%- endif -%}
{%- endfor -%}

{%- set ordered = {} -%}
{%- for _ in facts -%}
    {%- for name, fact in facts.items() if name not in ordered -%}
        {%- set needed = fact.references | rejectattr('may_be_unknown') | map(attribute='to') -%}
        {%- if needed | reject('in', ordered) | list | length == 0 -%}
            {%- do ordered.update({name: fact}) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endfor -%}
{{ return(ordered) }}

{% endmacro %}
