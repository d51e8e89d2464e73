{#- What an increment has to read: what was loaded after everything that the model has. -#}
{% macro only_loaded_since(column) -%}
    {%- if is_incremental() -%}
        where {{ column }} > (select coalesce(max(loaded_at), cast('0001-01-01' as timestamp)) from {{ this }})
    {%- endif -%}
{%- endmacro %}
