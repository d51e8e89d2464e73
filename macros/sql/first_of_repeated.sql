{#- Only the keys, and the few rows that are repeated, are held in memory; the others are streamed. By the first key alone
    it is seen which may be repeated: of a group by one column, planners know that it is unique. -#}
{% macro first_of_repeated(relation, keys, order_by) -%}
    with repeated as not materialized (
        select {{ keys[0] }}
        from {{ relation }}
        group by {{ keys[0] }}
        having count(*) > 1
    )

    select
        {{ relation }}.*,
        cast(1 as bigint) as occurrence
    from {{ relation }}
    left join repeated on {{ relation }}.{{ keys[0] }} = repeated.{{ keys[0] }}
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
        inner join repeated on {{ relation }}.{{ keys[0] }} = repeated.{{ keys[0] }}
    ) as occurrences
    where occurrence = 1
{%- endmacro %}
