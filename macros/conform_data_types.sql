{#- varchar(50), array<int>, int[] and timestamp(6) without time zone are a name and what it is given. -#}
{% macro conform_data_types(used, synonyms) -%}
    with

    split as (

        select
            scheme,
            data_type,
            case
                when data_type like '%[]' then 'array'
                else trim(regexp_replace(regexp_replace(split_part(data_type, '<', 1), '\(.*\)', ''), ' +', ' '))
            end as type_name,
            nullif(replace(split_part(split_part(data_type, '(', 2), ')', 1), ' ', ''), '') as type_arguments
        from {{ used }}
        where data_type is not null

    ),

    ranked as (

        select
            split.scheme,
            split.data_type,
            split.type_name,
            split.type_arguments,
            synonyms.canonical_type,
            synonyms.logical_type,
            row_number() over (
                partition by split.scheme, split.data_type order by synonyms.scheme nulls last
            ) as synonym_rank
        from split
        left join {{ synonyms }} as synonyms
            on
                split.type_name = synonyms.type_name
                and (synonyms.scheme is null or split.scheme = synonyms.scheme)

    )

    select
        scheme,
        data_type,
        coalesce(canonical_type, type_name) as canonical_type,
        case
            when canonical_type = 'decimal' and type_arguments not like '%,%' then type_arguments || ',0'
            else type_arguments
        end as type_arguments,
        case
            when
                canonical_type = 'decimal' and logical_type = 'number'
                and (type_arguments not like '%,%' or type_arguments like '%,0')
                then 'integer'
            else logical_type
        end as logical_type,
        canonical_type is not null as is_known
    from ranked
    where synonym_rank = 1
{%- endmacro %}
