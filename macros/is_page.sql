{% macro is_page(severity, destinations) -%}
    (
        coalesce(lower({{ severity }}) in ('page', 'p1', 'sev1'), false)
        {%- for destination in destinations %}
        {%- for word in ['page', 'oncall', 'on-call', 'opsgenie', 'victorops', 'splunk on'] %}
        or coalesce(lower({{ destination }}) like '%{{ word }}%', false)
        {%- endfor %}
        {%- endfor %}
    )
{%- endmacro %}
