{#- A list, since what depends on a key may have missed several changes. -#}
{% macro former_keys(relation, key, former) -%}
    case
        when previous.{{ key }} <> {{ relation }}.{{ key }}
            then concat_ws(',', previous.{{ former }}, cast(previous.{{ key }} as text))
        else previous.{{ former }}
    end
{%- endmacro %}
