{% macro dimension_references() %}

{%- set dimensions = {} -%}
{%- for node in graph.nodes.values() if node.config.incremental_strategy == 'keep_members' -%}
    {%- do dimensions.update({node.name: {'node': node, 'references': [], 'before': []}}) -%}
{%- endfor -%}

{%- for test in graph.nodes.values() if test.test_metadata and test.test_metadata.name == 'relationships' -%}
    {%- set to = modules.re.search("'(\w+?)(_current)?'", test.test_metadata.kwargs['to']) -%}
    {%- if to and to.group(1) in dimensions -%}
        {%- set referring = graph.nodes[test.attached_node] -%}
        {%- do dimensions[to.group(1)].references.append({
            'node': referring,
            'column': test.column_name,
            'key': test.test_metadata.kwargs['field'],
            'is_of_current': to.group(2) is not none,
        }) -%}
        {%- do dimensions[to.group(1)].before.append(referring.name) -%}
    {%- endif -%}
{%- endfor -%}

{#- Who refers comes before whom it refers to. -#}
{%- set ordered = {} -%}
{%- for _ in dimensions -%}
    {%- for name, dimension in dimensions.items() if name not in ordered -%}
        {%- if dimension.before | select('in', dimensions) | reject('in', ordered) | list | length == 0 -%}
            {%- do ordered.update({name: dimension}) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endfor -%}

{{ return(ordered.values() | list) }}

{% endmacro %}
