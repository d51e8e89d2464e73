{% macro severity_rank(severity) -%}
    case {{ severity }} when 'critical' then 1 when 'high' then 2 when 'medium' then 3 when 'low' then 4 else 5 end
{%- endmacro %}
