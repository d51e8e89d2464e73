{#- PostgreSQL has no min of a uuid. -#}
{% macro only_key(column, condition) -%}
    case
        when count(distinct {{ column }}) filter (where {{ condition }}) = 1
            then cast(min(cast({{ column }} as text)) filter (where {{ condition }}) as uuid)
    end
{%- endmacro %}
