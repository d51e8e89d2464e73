{% macro analyze_table() -%}
    {{ return(adapter.dispatch('analyze_table', 'plumbline')()) }}
{%- endmacro %}

{% macro default__analyze_table() -%}
{%- endmacro %}

{#- A table that is kept has its statistics, which autovacuum renews when a tenth of it has changed. -#}
{% macro postgres__analyze_table() -%}
    {%- if model.config.materialized != 'view' and not is_incremental() %}analyze {{ this }}{% endif -%}
{%- endmacro %}
