{#- An attempt without an end is running or lost, as its run is. -#}
{% macro open_attempts() -%}
    select pipeline_run_key
    from {{ this }}
    where state in ('queued', 'running', 'lost')
{%- endmacro %}
