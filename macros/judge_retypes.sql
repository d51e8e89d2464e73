{#- What a type holds where nothing stands in its parentheses differs from store to store, but for varchar. -#}
{% macro judge_retypes(changes, widenings) -%}
    {%- set arguments = {} %}
    {%- for side in ['before', 'after'] %}
        {%- for number in (1, 2) %}
            {%- do arguments.update({
                side ~ number: to_bigint("split_part(changes.type_arguments_" ~ side ~ ", ',', " ~ number ~ ")")
            }) %}
        {%- endfor %}
    {%- endfor -%}
    with

    measured as (

        select
            changes.*,
            changes.canonical_type_before = changes.canonical_type_after as is_same_type,
            widenings.wider_type is not null as is_wider_type,
            {{ arguments.before1 }} as size_before,
            {{ arguments.after1 }} as size_after,
            coalesce({{ arguments.before2 }}, 0) as scale_before,
            coalesce({{ arguments.after2 }}, 0) as scale_after
        from {{ changes }} as changes
        left join {{ widenings }} as widenings
            on
                changes.canonical_type_before = widenings.narrower_type
                and changes.canonical_type_after = widenings.wider_type

    )

    select
        *,
        case
            when canonical_type_before is null or canonical_type_after is null then cast(null as boolean)
            when not is_same_type and not is_wider_type then true
            when type_arguments_before is not null and type_arguments_after is not null
                then
                    case
                        when canonical_type_after in ('decimal', 'bignumeric')
                            then
                                size_after - scale_after < size_before - scale_before
                                or scale_after < scale_before
                        else size_after < size_before
                    end
            when canonical_type_after = 'varchar' and type_arguments_after is null then false
            when is_same_type and canonical_type_after = 'varchar' then true
            when is_same_type or canonical_type_after = 'varchar' then cast(null as boolean)
            else false
        end as is_breaking_retype
    from measured
{%- endmacro %}
