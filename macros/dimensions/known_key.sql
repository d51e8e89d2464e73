{% macro known_key(dimension, column) -%}
    coalesce(
        (
            select member.{{ column.split('.')[-1] }}
            from {{ dimension }} as member
            where member.{{ column.split('.')[-1] }} = {{ column }} and member.is_retired is not true
        ),
        {{ unknown_key() }}
    )
{%- endmacro %}
