{% macro seconds_between(started_at, ended_at) -%}
    cast(extract(epoch from ({{ ended_at }} - {{ started_at }})) as double precision)
{%- endmacro %}
