with relations as (

    select * from {{ ref('int_dbt_relations__defined') }}

),

described as (

    select * from {{ ref('int_openlineage_datasets__described') }}

),

schemes as (

    select * from {{ ref('dbt_adapter_schemes') }}

),

named_datasets as (

    select distinct
        dataset_namespace,
        dataset_name
    from described

),

only_matches as (

    select
        relations.source_name,
        relations.relation_key,
        min(named_datasets.dataset_namespace) as dataset_namespace,
        min(named_datasets.dataset_name) as dataset_name
    from relations
    left join schemes on relations.adapter_type = schemes.adapter_type
    inner join named_datasets
        on
            relations.relation_key = lower(named_datasets.dataset_name)
            and split_part(named_datasets.dataset_namespace, '://', 1)
            in (relations.adapter_type, schemes.scheme)
    group by relations.source_name, relations.relation_key
    having count(*) = 1

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(relation_key as text) as relation_key,
        cast(dataset_namespace as text) as dataset_namespace,
        cast(dataset_name as text) as dataset_name
    from only_matches

)

select * from final
