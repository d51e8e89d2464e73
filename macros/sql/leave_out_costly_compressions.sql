{% macro leave_out_costly_compressions() -%}
    {{ return(adapter.dispatch('leave_out_costly_compressions', 'plumbline')()) }}
{%- endmacro %}

{% macro default__leave_out_costly_compressions() -%}
{%- endmacro %}

{#- FSST takes a tenth of a build's time. It is set once, before any thread writes: it holds for the whole warehouse, and to
    set it again while others read it is not safe. -#}
{% macro duckdb__leave_out_costly_compressions() -%}
    set disabled_compression_methods = 'fsst'
{%- endmacro %}
