{% macro version_key(key) -%}
    case
        when {{ key }} = {{ unknown_key() }} then {{ unknown_key() }}
        else {{ surrogate_key([key, 'cast(extract(epoch from valid_from) * 1000000 as bigint)']) }}
    end
{%- endmacro %}
