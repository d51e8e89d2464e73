{#- What an increment has to build again: everything of the keys that new records name. -#}
{% macro and_touched_in(relation, keys) -%}
    {%- if is_incremental() -%}
        and ({{ keys | join(', ') }}) in (
            select {{ keys | join(', ') }}
            from {{ relation }}
            where loaded_at > {{ newest_load() }}
        )
    {%- endif -%}
{%- endmacro %}
