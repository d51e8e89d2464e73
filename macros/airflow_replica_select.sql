{% macro airflow_replica_select(source, name, table) -%}
    {%- set found = {} %}
    {%- for column in (adapter.get_columns_in_relation(table) if table else []) %}
        {%- do found.update({column.name: column.dtype | lower}) %}
    {%- endfor %}
    {%- set stamps = [source.config.meta.high_water_mark, 'last_parsed_time', 'updated_at', 'created_at'] %}
    {%- set stamps = stamps | select('in', found) | list %}
    {%- set filled = {
        '_source_name': "'" ~ name | replace("'", "''") ~ "'",
        '_source_table': "'" ~ source.name ~ "'",
        '_loaded_at': airflow_replica_value(stamps[0], found[stamps[0]], 'timestamp') if stamps else 'null',
        '_load_id': "'replica'",
        '_is_current': 'true',
    } %}
    select
    {%- for column in source.columns.values() %}
        {%- if column.name in filled %}
        {%- set value = filled[column.name] %}
        {%- elif column.name in found %}
        {%- set value = airflow_replica_value(column.name, found[column.name], column.data_type) %}
        {%- else %}
        {%- set value = 'null' %}
        {%- endif %}
        cast({{ value }} as {{ airflow_replica_type(column.data_type) }}) as {{ adapter.quote(column.name) }}
        {{- ',' if not loop.last }}
    {%- endfor %}
    {%- if table %}
    from {{ table }}
    {%- else %}
    where false
    {%- endif %}
{%- endmacro %}
