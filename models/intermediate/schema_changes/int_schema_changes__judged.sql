{{ config(materialized='table') }}

{%- set columns = {
    'dataset_key': 'uuid', 'changed_at': 'timestamp', 'source_name': 'text', 'observer': 'text',
    'change_kind': 'text', 'column_name': 'text', 'column_name_before': 'text', 'data_type_before': 'text',
    'data_type_after': 'text', 'ordinal_position_before': 'integer', 'ordinal_position_after': 'integer',
    'is_nullable_before': 'boolean', 'is_nullable_after': 'boolean',
    'contract_version_key': 'uuid',
} %}
{%- set given = ['dataset_key', 'version_number', 'changed_at', 'source_name', 'observer'] %}

with

changes as (

    select * from {{ ref('int_schema_changes__detected') }}

),

renames as (

    select * from {{ ref('int_schema_changes__renamed') }}

),

retypes as (

    select * from {{ ref('int_schema_changes__retyped') }}

),

contract_changes as (

    select * from {{ ref('int_schema_changes__from_contracts') }}

),

of_schemas as (

    select
        {%- for column in given %}
            changes.{{ column }},
        {%- endfor %}
        case when renames.dataset_key is not null then 'renamed' else changes.change_kind end as change_kind,
        coalesce(changes.column_name_after, changes.column_name_before) as column_name,
        coalesce(changes.column_name_before, dropped.column_name_before) as column_name_before,
        coalesce(changes.data_type_before, dropped.data_type_before) as data_type_before,
        changes.data_type_after,
        coalesce(changes.ordinal_position_before, dropped.ordinal_position_before) as ordinal_position_before,
        changes.ordinal_position_after,
        retypes.is_breaking as is_breaking_retype
    from changes
    left join renames
        on
            changes.dataset_key = renames.dataset_key and changes.version_number = renames.version_number
            and (
                (changes.change_kind = 'added' and changes.column_name_after = renames.column_name_after)
                or (changes.change_kind = 'dropped' and changes.column_name_before = renames.column_name_before)
            )
    left join changes as dropped
        on
            renames.dataset_key = dropped.dataset_key and renames.version_number = dropped.version_number
            and renames.column_name_before = dropped.column_name_before
    left join retypes
        on
            changes.dataset_key = retypes.dataset_key and changes.version_number = retypes.version_number
            and changes.column_name_after = retypes.column_name
    where renames.dataset_key is null or changes.change_kind = 'added'

),

unioned as (

    select
        *,
        cast(null as boolean) as is_nullable_before,
        cast(null as boolean) as is_nullable_after,
        cast(null as uuid) as contract_version_key
    from of_schemas
    union all
    select
        dataset_key,
        cast(null as integer) as version_number,
        changed_at,
        source_name,
        observer,
        'nullability' as change_kind,
        column_name,
        column_name as column_name_before,
        cast(null as text) as data_type_before,
        cast(null as text) as data_type_after,
        cast(null as integer) as ordinal_position_before,
        cast(null as integer) as ordinal_position_after,
        cast(null as boolean) as is_breaking_retype,
        is_nullable_before,
        is_nullable_after,
        contract_version_key
    from contract_changes

),

final as (

    select
        {{ surrogate_key(['dataset_key', 'observer', 'changed_at', 'column_name']) }} as schema_change_key,
        {%- for column, data_type in columns.items() %}
            cast({{ column }} as {{ data_type }}) as {{ column }},
        {%- endfor %}
        cast({{ breaks_readers('unioned') | indent(8) }} as boolean) as is_breaking,
        cast(version_number as integer) as version_number
    from unioned

)

select * from final
