{#- A type that is not told is neither the same nor another, and another word for a type is no change. -#}
{% macro is_retyped(compared) -%}
    {{ compared }}.data_type_before <> {{ compared }}.data_type_after
    and not (
        {{ compared }}.is_type_known_before and {{ compared }}.is_type_known_after
        and {{ compared }}.canonical_type_before = {{ compared }}.canonical_type_after
        and coalesce({{ compared }}.type_arguments_before, '') = coalesce({{ compared }}.type_arguments_after, '')
    )
{%- endmacro %}
