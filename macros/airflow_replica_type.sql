{% macro airflow_replica_type(data_type) -%}
    {{ return(adapter.dispatch('airflow_replica_type', 'plumbline')(data_type)) }}
{%- endmacro %}

{% macro default__airflow_replica_type(data_type) -%}
    {{ 'jsonb' if data_type == 'json' else data_type }}
{%- endmacro %}

{% macro duckdb__airflow_replica_type(data_type) -%}
    {{ data_type }}
{%- endmacro %}
