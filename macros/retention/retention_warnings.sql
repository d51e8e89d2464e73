{% macro retention_warnings() %}

{%- set warnings = [] -%}
{%- set raw_days = retention_days('raw') -%}
{%- for name, fact in (retained_facts() if raw_days is not none else {}).items() -%}
    {%- set days = retention_days(name) -%}
    {%- if days is none or days > raw_days -%}
        {%- do warnings.append(
            name ~ ' is kept ' ~ ('for ever' if days is none else days ~ ' days') ~ ', raw ' ~ raw_days ~ ' days: '
            ~ (
                'a full refresh loses its older rows.'
                if fact.node.config.materialized == 'incremental' else 'the next build loses its older rows.'
            )
        ) -%}
    {%- endif -%}
{%- endfor -%}
{{ return(warnings) }}

{% endmacro %}
