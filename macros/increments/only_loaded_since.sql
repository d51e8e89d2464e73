{#- What an increment has to read: what was loaded after everything that the model has. -#}
{% macro only_loaded_since(column) -%}
    {%- if is_incremental() -%}
        where {{ column }} > {{ newest_load() }}
    {%- endif -%}
{%- endmacro %}
