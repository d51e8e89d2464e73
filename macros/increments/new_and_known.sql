{#- What is new, and what was known of it before. -#}
{% macro new_and_known(new, key, columns) -%}
    select * from {{ new }}
    {%- if is_incremental() %}
    union all
    select {{ columns | join(', ') }}
    from {{ this }}
    where {{ is_among([key], new) }}
    {%- endif %}
{%- endmacro %}
