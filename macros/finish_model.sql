{#- One hook, because dbt takes as long for a hook without a statement as for a view. -#}
{% macro finish_model() -%}
    {%- set statements = [] -%}
    {#- A table that is kept has its statistics, which autovacuum renews when a tenth of it has changed. -#}
    {%- set is_new = model.config.materialized != 'view' and not is_incremental() -%}
    {%- for statement in [
        end_increment(), create_missing_indexes(), analyze_table() if is_new else '', record_increments_version()
    ] if statement | trim -%}
        {%- do statements.append(statement | trim) -%}
    {%- endfor -%}
    {{ statements | join(';\n') }}
{%- endmacro %}
