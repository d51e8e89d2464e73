{#- Most members have one version, which they hold for ever, so that few rows are worth looking at. A version that is gone counts
    until no fact refers to it. -#}
{% macro rows_of_several_versions(dimension) -%}
    {%- set member = dimension | replace('dim_', '') | trim('s') -%}
    select * from {{ this }}
    where {{ member }}_key in (
        select {{ member }}_key
        from {{ ref(dimension) }}
        group by 1
        having count(*) > 1 or bool_or(coalesce(is_retired, false))
    )
    union all
    select * from {{ this }}
    where
        {{ member }}_version_key = {{ unknown_key() }}
        and {{ member }}_key in (
            select {{ member }}_key
            from {{ ref(dimension) }}
            where not is_unknown
            group by 1
            having count(*) = 1
        )
{%- endmacro %}
