with

clauses as (

    select * from {{ ref('proposed_clauses') }}

),

datasets as (

    select * from {{ ref('dim_datasets_current') }}
    where not is_unknown

),

grouped as (

    select
        proposed_contract_key,
        object_name,
        min(cast(nullif(dataset_key, {{ unknown_key() }}) as text)) as dataset_key,
        bool_or(side = 'before') as is_in_force,
        bool_or(side = 'after') as is_proposed
    from clauses
    where object_name is not null
    group by 1, 2

),

final as (

    select
        cast(grouped.proposed_contract_key as uuid) as proposed_contract_key,
        cast(grouped.object_name as text) as object_name,
        cast(datasets.dataset_key as uuid) as dataset_key,
        cast(split_part(coalesce(datasets.dataset_namespace, ''), '://', 1) as text) as scheme,
        cast(grouped.is_in_force as boolean) as is_in_force,
        cast(grouped.is_proposed as boolean) as is_proposed
    from grouped
    left join datasets on cast(grouped.dataset_key as uuid) = datasets.dataset_key

)

select * from final
