{% macro date_member(instant) -%}
    cast(
        case
            when {{ instant }} >= cast('{{ var("calendar_starts_on") }}' as timestamp)
                and {{ instant }} < cast('{{ var("calendar_ends_before") }}' as timestamp)
                then cast({{ instant }} as date)
            else cast('1900-01-01' as date)
        end as date
    )
{%- endmacro %}
