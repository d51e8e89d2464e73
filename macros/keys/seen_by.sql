{#- A sorted list of distinct texts would be made and sorted for every group; four flags cost nothing. -#}
{% macro seen_by(feed) -%}
    concat_ws(
        ', ',
        {%- for name in ['airflow', 'dbt', 'odcs', 'openlineage'] %}
            case when bool_or({{ feed }} = '{{ name }}') then '{{ name }}' end
            {%- if not loop.last %},{% endif %}
        {%- endfor %}
    )
{%- endmacro %}
