{% macro previous_rows(previous, columns) -%}
    select
        {%- for name, data_type in columns.items() %}
        {{ name if previous else 'cast(null as ' ~ data_type ~ ') as ' ~ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    {{ 'from ' ~ previous if previous else 'where false' }}
{%- endmacro %}
