{#- What an increment has to build again: everything of the keys that new records name. -#}
{% macro and_touched_in(relation, keys) -%}
    {%- if is_incremental() -%}
        {{ adapter.dispatch('and_touched_in', 'plumbline')(relation, keys) }}
    {%- endif -%}
{%- endmacro %}

{% macro default__and_touched_in(relation, keys) -%}
    and ({{ keys | join(', ') }}) in (
        select {{ keys | join(', ') }}
        from {{ relation }}
        where loaded_at > {{ newest_load() }}
    )
{%- endmacro %}

{#- How much is new is not known when the plan is made, and a third of all is assumed. Of an array few values are assumed,
    which are looked up in the index. -#}
{% macro postgres__and_touched_in(relation, keys) -%}
    and {{ keys[-1] }} = any (array(
        select {{ keys[-1] }}
        from {{ relation }}
        where loaded_at > {{ newest_load() }}
    ))
    {{ plumbline.default__and_touched_in(relation, keys) }}
{%- endmacro %}
