{% macro airflow_replica_value(name, found_type, data_type) -%}
    {%- set column = adapter.quote(name) -%}
    {%- if data_type == 'timestamp' and found_type in ('timestamp with time zone', 'timestamptz') -%}
        {{ column }} at time zone 'UTC'
    {%- elif data_type == 'boolean' and 'int' in found_type -%}
        {{ column }} <> 0
    {%- elif data_type == 'text' and found_type == 'uuid' -%}
        replace(cast({{ column }} as text), '-', '')
    {%- else -%}
        {{ column }}
    {%- endif -%}
{%- endmacro %}
