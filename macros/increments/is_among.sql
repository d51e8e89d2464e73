{% macro is_among(keys, relation, names=none) -%}
    ({{ keys | join(', ') }}) in (select {{ (names or keys) | join(', ') }} from {{ relation }})
{%- endmacro %}
