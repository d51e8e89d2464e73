{#- What has no time stays. -#}
{% macro is_retained(times, days, as_of) -%}
    coalesce(
        greatest({{ times | join(', ') }}) >= (
            select {{ retention_limit(days, 'cast(as_of_at as date)') }}
            from {{ as_of }}
            where source_name = '*'
        ),
        true
    )
{%- endmacro %}
