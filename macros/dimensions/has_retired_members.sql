{% macro has_retired_members(relation) %}

{%- if 'is_retired' not in adapter.get_columns_in_relation(relation) | map(attribute='name') -%}
    {{ return(false) }}
{%- endif -%}
{{ return(run_query('select 1 from ' ~ relation ~ ' where is_retired limit 1').rows | length > 0) }}

{% endmacro %}
