{% macro vacuum_tables(results) -%}
    {{ return(adapter.dispatch('vacuum_tables', 'plumbline')(results)) }}
{%- endmacro %}

{% macro default__vacuum_tables(results) -%}
{%- endmacro %}

{#- Only rows that no transaction can miss are marked visible to all, so this comes when no other model is being built. A
    vacuum runs in no transaction, and truncating would lock readers out for a moment. -#}
{% macro postgres__vacuum_tables(results) -%}
    {%- for result in results
        if result.status == 'success' and result.node.resource_type in ('model', 'snapshot')
        and result.node.config.materialized != 'view' %}
        {%- if loop.first %}
            {%- call statement(auto_begin=false) %}commit{% endcall -%}
        {% endif %}
        {%- call statement(auto_begin=false) %}vacuum (truncate false) {{ result.node.relation_name }}{% endcall -%}
        {%- if loop.last %}
            {%- call statement(auto_begin=false) %}vacuum (truncate false, analyze) {{ increments_relation() }}{% endcall -%}
        {% endif %}
    {% endfor -%}
{%- endmacro %}
