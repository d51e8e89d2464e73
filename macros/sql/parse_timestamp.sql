{% macro parse_timestamp(column) -%}
    {{ return(adapter.dispatch('parse_timestamp', 'plumbline')(column)) }}
{%- endmacro %}

{% macro default__parse_timestamp(column) -%}
    case
        when {{ column }} ~ '^(?!0000)\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])([T ](([01]\d|2[0-3]):[0-5]\d:[0-5]\d|24:00:00)(\.\d*)?(Z|[+-](0\d|1[0-5])(:?[0-5]\d)?)?)?$'
            and {{ column }} !~ '^\d{4}-(02-3[01]|(04|06|09|11)-31)'
            and (
                {{ column }} !~ '^\d{4}-02-29'
                or extract(day from make_date(cast(substr({{ column }}, 1, 4) as integer), 3, 1) - 1) = 29
            )
            then cast(
                case
                    when {{ column }} ~ '[T ].*(Z|[+-]\d{2}(:?\d{2})?)$'
                        then cast(regexp_replace({{ column }}, '(\.\d{6})\d+', '\1') as timestamptz)
                    when length({{ column }}) = 10 then cast({{ column }} || ' 00:00:00Z' as timestamptz)
                    else cast(regexp_replace({{ column }}, '(\.\d{6})\d+', '\1') || 'Z' as timestamptz)
                end at time zone 'UTC' as timestamp
            )
    end
{%- endmacro %}

{#- A cast to timestamp drops the offset, which is right, and fast, where the offset is none. -#}
{% macro duckdb__parse_timestamp(column) -%}
    case
        when {{ column }} not like '____-__-__%' then null
        when right({{ column }}, 1) = 'Z' or right({{ column }}, 6) = '+00:00' then try_cast({{ column }} as timestamp)
        when regexp_matches({{ column }}, '[T ].*[+-]\d{2}(:?\d{2})?$')
            then cast(try_cast({{ column }} as timestamptz) at time zone 'UTC' as timestamp)
        else try_cast({{ column }} as timestamp)
    end
{%- endmacro %}
