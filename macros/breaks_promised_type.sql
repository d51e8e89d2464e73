{#- A type that nobody knows is neither right nor wrong, except where it is written alike. -#}
{% macro breaks_promised_type(clause, data_type, found, promised) -%}
    case
        when {{ clause }}.clause_kind = 'logical_type'
            then ', ' || {{ clause }}.accepted_types || ', ' not like '%, ' || {{ found }}.logical_type || ', %'
        when lower({{ data_type }}) = {{ clause }}.accepted_types then false
        when {{ found }}.is_known and {{ promised }}.is_known
            then
                {{ found }}.canonical_type <> {{ promised }}.canonical_type
                or coalesce({{ found }}.type_arguments <> {{ promised }}.type_arguments, false)
    end
{%- endmacro %}
