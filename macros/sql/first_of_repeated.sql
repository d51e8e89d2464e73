{#- Only the keys, and the few rows that are repeated, are held in memory; the others are streamed. -#}
{% macro first_of_repeated(relation, keys, order_by) -%}
    {%- set repeated -%}
    (
        select {{ keys | join(', ') }}
        from {{ relation }}
        group by {{ keys | join(', ') }}
        having count(*) > 1
    ) as repeated
        on
            {%- for key in keys %}
            {{ 'and ' if not loop.first }}{{ relation }}.{{ key }} = repeated.{{ key }}
            {%- endfor %}
    {%- endset -%}
    select
        {{ relation }}.*,
        cast(1 as bigint) as occurrence
    from {{ relation }}
    left join {{ repeated }}
    where repeated.{{ keys[0] }} is null

    union all

    select *
    from (
        select
            {{ relation }}.*,
            row_number() over (
                partition by {{ relation }}.{{ keys | join(', ' ~ relation ~ '.') }}
                order by {{ relation }}.{{ order_by | join(', ' ~ relation ~ '.') }}
            ) as occurrence
        from {{ relation }}
        inner join {{ repeated }}
    ) as occurrences
    where occurrence = 1
{%- endmacro %}
