{#- Who reads a column goes on reading where one is added, or where its place is another, as readers go by names. -#}
{% macro breaks_readers(change) -%}
    case {{ change }}.change_kind
        when 'retyped' then {{ change }}.is_breaking_retype
        when 'nullability' then {{ change }}.is_nullable_after
        else {{ change }}.change_kind in ('dropped', 'renamed')
    end
{%- endmacro %}
