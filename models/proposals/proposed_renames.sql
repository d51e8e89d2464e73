with

columns as (

    select * from {{ ref('proposed_columns') }}

),

-- A description that more columns share, such as one of a kind of key, says nothing of any.
telling as (

    select
        proposed_contract_key,
        object_name,
        description
    from columns
    where description <> ''
    group by 1, 2, 3
    having count(*) = 2

),

told as (

    select columns.*
    from columns
    inner join telling
        on
            columns.proposed_contract_key = telling.proposed_contract_key
            and columns.object_name = telling.object_name
            and columns.description = telling.description

),

final as (

    select
        cast(added.proposed_contract_key as uuid) as proposed_contract_key,
        cast(added.object_name as text) as object_name,
        cast(added.folded_name as text) as folded_name,
        cast(dropped.folded_name as text) as folded_name_before,
        cast(dropped.column_name_before as text) as column_name_before,
        cast(dropped.data_type_before as text) as data_type_before
    from told as added
    inner join told as dropped
        on
            added.proposed_contract_key = dropped.proposed_contract_key
            and added.object_name = dropped.object_name
            and added.description = dropped.description
    where
        added.column_name_before is null
        and dropped.column_name_after is null
        and (
            dropped.data_type_before = added.data_type_after
            or (
                dropped.canonical_type_before = added.canonical_type_after
                and coalesce(dropped.type_arguments_before, '') = coalesce(added.type_arguments_after, '')
            )
        )

)

select * from final
