{%- set sides = ['before', 'after'] %}

with

clauses as (

    select * from {{ ref('proposed_clauses') }}

),

objects as (

    select * from {{ ref('proposed_objects') }}
    where is_in_force and is_proposed

),

synonyms as (

    select * from {{ ref('type_synonyms') }}

),

promised as (

    select
        {%- for side in sides %}
            min(coalesce(column_name, property_path)) filter (where clause_kind = 'column' and side = '{{ side }}')
                as column_name_{{ side }},
            {%- for kind in ['physical_type', 'logical_type'] %}
                min(lower(expectation)) filter (where clause_kind = '{{ kind }}' and side = '{{ side }}')
                    as {{ kind }}_{{ side }},
            {%- endfor %}
            not coalesce(
                bool_or(clause_kind in ('required', 'primary_key')) filter (where side = '{{ side }}'), false
            ) as is_nullable_{{ side }},
        {%- endfor %}
        coalesce(min(description) filter (where side = 'after'), min(description)) as description,
        proposed_contract_key,
        object_name,
        folded_name
    from clauses
    group by proposed_contract_key, object_name, folded_name
    having bool_or(clause_kind = 'column')

),

-- What is told of the store comes first; a type that only one of the versions tells is not compared.
typed as (

    select
        {%- for side in sides %}
            case
                when promised.physical_type_before <> promised.physical_type_after
                    then promised.physical_type_{{ side }}
                when promised.logical_type_before <> promised.logical_type_after
                    then promised.logical_type_{{ side }}
                when promised.column_name_before is null or promised.column_name_after is null
                    then coalesce(promised.physical_type_{{ side }}, promised.logical_type_{{ side }})
                when promised.physical_type_before = promised.physical_type_after
                    then promised.physical_type_{{ side }}
                when promised.logical_type_before = promised.logical_type_after
                    then promised.logical_type_{{ side }}
            end as data_type_{{ side }},
        {%- endfor %}
        objects.scheme,
        promised.*
    from promised
    inner join objects
        on
            promised.proposed_contract_key = objects.proposed_contract_key
            and promised.object_name = objects.object_name

),

used as (

    {% for side in sides -%}
        select
            scheme,
            data_type_{{ side }} as data_type
        from typed
        {{ 'union' if not loop.last }}
    {% endfor %}
),

types as (

    {{ conform_data_types('used', 'synonyms') | indent(4) }}

),

final as (

    select
        {%- for side in sides %}
            cast(typed.column_name_{{ side }} as text) as column_name_{{ side }},
            cast(typed.data_type_{{ side }} as text) as data_type_{{ side }},
            cast(case when type_{{ side }}.is_known then type_{{ side }}.canonical_type end as text)
                as canonical_type_{{ side }},
            cast(type_{{ side }}.type_arguments as text) as type_arguments_{{ side }},
            cast(
                coalesce(type_{{ side }}.is_known and type_{{ side }}.logical_type not in ('array', 'object'), false)
                as boolean
            ) as is_type_known_{{ side }},
            cast(typed.is_nullable_{{ side }} as boolean) as is_nullable_{{ side }},
        {%- endfor %}
        cast(lower(trim(typed.description)) as text) as description,
        cast(typed.proposed_contract_key as uuid) as proposed_contract_key,
        cast(typed.object_name as text) as object_name,
        cast(typed.folded_name as text) as folded_name
    from typed
    {%- for side in sides %}
        left join types as type_{{ side }}
            on typed.scheme = type_{{ side }}.scheme and typed.data_type_{{ side }} = type_{{ side }}.data_type
    {%- endfor %}

)

select * from final
