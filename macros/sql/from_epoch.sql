{% macro from_epoch(microseconds) -%}
    {{ return(adapter.dispatch('from_epoch', 'plumbline')(microseconds)) }}
{%- endmacro %}

{% macro default__from_epoch(microseconds) -%}
    (cast('1970-01-01' as timestamp) + {{ microseconds }} * interval '1 microsecond')
{%- endmacro %}

{% macro duckdb__from_epoch(microseconds) -%}
    make_timestamp({{ microseconds }})
{%- endmacro %}
