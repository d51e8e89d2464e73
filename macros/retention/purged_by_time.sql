{#- A record that belongs to nothing goes by its own time, and none goes that a kept one needs. -#}
{% macro purged_by_time(node, history) -%}
    {%- set source_column = 'source_name' if node.resource_type == 'model' else '_source_name' -%}
    gone.source_name = {{ 'own.' ~ source_column if source_column in node.columns else "'*'" }}
    {%- if history.time %}
    and greatest(own.{{ history.time | join(', own.') }}) < gone.purge_before
    {%- endif %}
    {%- if history.unit %}
    and (
        {%- for column in history.columns %}
        own.{{ column }} is null {{ 'or' if not loop.last }}
        {%- endfor %}
    )
    {%- endif %}
    {%- for need in history.needed_by or [] %}
    {%- set other = graph.sources.values()
        | selectattr('source_name', 'equalto', node.source_name) | selectattr('name', 'equalto', need.table) | first %}
    and not exists (
        select 1
        from {{ source(node.source_name, need.table) }} as needing
        where
            needing._source_name = own._source_name
            {%- for column, of_needing in need.columns.items() %}
            and needing.{{ of_needing }} = own.{{ column }}
            {%- endfor %}
            and not exists (
                select 1 from purged_{{ other.config.meta.history.unit }} as gone
                where {{ purged_with_unit('needing', other.config.meta.history) }}
            )
    )
    {%- endfor %}
{%- endmacro %}
