{{ config(materialized='table') }}

{%- set sides = ['before', 'after'] %}

with

compared as (

    select * from {{ ref('int_schema_changes__compared') }}

),

schemes as (

    select
        dataset_key,
        min(split_part(canonical_namespace, '://', 1) collate "C") as scheme
    from {{ ref('int_datasets__resolved') }}
    group by 1

),

types as (

    select * from {{ ref('int_data_types__conformed') }}

),

typed as (

    -- What an array or a struct is made of is not read.
    select
        {%- for side in sides %}
            type_{{ side }}.canonical_type as canonical_type_{{ side }},
            type_{{ side }}.type_arguments as type_arguments_{{ side }},
            coalesce(type_{{ side }}.is_known and type_{{ side }}.logical_type not in ('array', 'object'), false)
                as is_type_known_{{ side }},
        {%- endfor %}
        compared.*
    from compared
    inner join schemes on compared.dataset_key = schemes.dataset_key
    {%- for side in sides %}
        left join types as type_{{ side }}
            on schemes.scheme = type_{{ side }}.scheme and compared.data_type_{{ side }} = type_{{ side }}.data_type
    {%- endfor %}

),

judged as (

    select
        *,
        case
            when column_name_before is null then 'added'
            when column_name_after is null then 'dropped'
            when {{ is_retyped('typed') | indent(16) }}
                then 'retyped'
            when is_moved then 'reordered'
        end as change_kind
    from typed

),

final as (

    select
        cast(dataset_key as uuid) as dataset_key,
        cast(version_number as integer) as version_number,
        cast(changed_at as timestamp) as changed_at,
        cast(feed as text) as feed,
        cast(source_name as text) as source_name,
        cast(observer as text) as observer,
        {%- for side in sides %}
            cast(column_name_{{ side }} as text) as column_name_{{ side }},
            cast(data_type_{{ side }} as text) as data_type_{{ side }},
            cast(ordinal_position_{{ side }} as integer) as ordinal_position_{{ side }},
            cast(case when is_type_known_{{ side }} then canonical_type_{{ side }} end as text)
                as canonical_type_{{ side }},
            cast(type_arguments_{{ side }} as text) as type_arguments_{{ side }},
        {%- endfor %}
        cast(change_kind as text) as change_kind
    from judged
    where change_kind is not null

)

select * from final
