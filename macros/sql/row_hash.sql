{#- Of all columns of a row, whose alias is given. It is compared with that of the same row in an earlier build alone. -#}
{% macro row_hash(alias) -%}
    {{ return(adapter.dispatch('row_hash', 'plumbline')(alias)) }}
{%- endmacro %}

{% macro default__row_hash(alias) -%}
    cast(hash({{ alias }}) as hugeint)
{%- endmacro %}

{% macro postgres__row_hash(alias) -%}
    cast(hashtextextended(cast({{ alias }} as text), 0) as numeric)
{%- endmacro %}
