with

changes as (

    select * from {{ ref('int_schema_changes__detected') }}
    where change_kind = 'retyped'

),

widenings as (

    select * from {{ ref('type_widenings') }}

),

judged as (

    {{ judge_retypes('changes', 'widenings') | indent(4) }}

),

final as (

    select
        cast(dataset_key as uuid) as dataset_key,
        cast(version_number as integer) as version_number,
        cast(column_name_after as text) as column_name,
        cast(is_breaking_retype as boolean) as is_breaking
    from judged

)

select * from final
