{%- set columns = {
    'column_name': 'text', 'column_name_before': 'text', 'change_kind': 'text', 'data_type_before': 'text',
    'data_type_after': 'text', 'is_nullable_before': 'boolean', 'is_nullable_after': 'boolean',
} %}

with

columns as (

    select * from {{ ref('proposed_columns') }}

),

renames as (

    select * from {{ ref('proposed_renames') }}

),

widenings as (

    select * from {{ ref('type_widenings') }}

),

compared as (

    {{ judge_retypes('columns', 'widenings') | indent(4) }}

),

unioned as (

    select
        compared.proposed_contract_key,
        compared.object_name,
        compared.folded_name,
        coalesce(compared.column_name_after, compared.column_name_before) as column_name,
        coalesce(renames.column_name_before, compared.column_name_before) as column_name_before,
        case
            when renames.folded_name is not null then 'renamed'
            when compared.column_name_before is null then 'added'
            when compared.column_name_after is null then 'dropped'
            when {{ is_retyped('compared') | indent(16) }} then 'retyped'
        end as change_kind,
        coalesce(renames.data_type_before, compared.data_type_before) as data_type_before,
        compared.data_type_after,
        cast(null as boolean) as is_nullable_before,
        cast(null as boolean) as is_nullable_after,
        compared.is_breaking_retype
    from compared
    left join renames
        on
            compared.proposed_contract_key = renames.proposed_contract_key
            and compared.object_name = renames.object_name
            and compared.folded_name = renames.folded_name
    left join renames as renamed_to
        on
            compared.proposed_contract_key = renamed_to.proposed_contract_key
            and compared.object_name = renamed_to.object_name
            and compared.folded_name = renamed_to.folded_name_before
    where renamed_to.folded_name is null
    union all
    select
        proposed_contract_key,
        object_name,
        folded_name,
        column_name_after as column_name,
        column_name_before,
        'nullability' as change_kind,
        cast(null as text) as data_type_before,
        cast(null as text) as data_type_after,
        is_nullable_before,
        is_nullable_after,
        cast(null as boolean) as is_breaking_retype
    from compared
    where column_name_before is not null and column_name_after is not null and is_nullable_before <> is_nullable_after

),

final as (

    select
        cast(proposed_contract_key as uuid) as proposed_contract_key,
        cast(object_name as text) as object_name,
        cast(folded_name as text) as folded_name,
        {%- for column, data_type in columns.items() %}
            cast({{ column }} as {{ data_type }}) as {{ column }},
        {%- endfor %}
        cast({{ breaks_readers('unioned') | indent(8) }} as boolean) as is_breaking
    from unioned
    where change_kind is not null

)

select * from final
