{% macro parse_timestamp(column) -%}
    {{ return(adapter.dispatch('parse_timestamp', 'plumbline')(column)) }}
{%- endmacro %}

{% macro default__parse_timestamp(column) -%}
    case
        when {{ column }} ~ '^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?\s?(Z|[+-]\d{2}(:?\d{2})?)?$'
            then cast(
                case
                    when {{ column }} ~ '(Z|[+-]\d{2}(:?\d{2})?)$' and {{ column }} !~ '^\d{4}-\d{2}-\d{2}$'
                        then cast(regexp_replace({{ column }}, '(\.\d{6})\d+', '\1') as timestamptz)
                    else cast(regexp_replace({{ column }}, '(\.\d{6})\d+', '\1') || 'Z' as timestamptz)
                end at time zone 'UTC' as timestamp
            )
    end
{%- endmacro %}

{% macro duckdb__parse_timestamp(column) -%}
    cast(try_cast(
        case
            when regexp_matches({{ column }}, '[T ].*(Z|[+-]\d{2}(:?\d{2})?)$') then {{ column }}
            else {{ column }} || 'Z'
        end as timestamptz
    ) at time zone 'UTC' as timestamp)
{%- endmacro %}
