{{ config(materialized='table') }}

with

contracts as (

    select * from {{ ref('int_contracts__resolved') }}

),

objects as (

    select * from {{ ref('stg_odcs__schema_objects') }}

),

placed as (

    select * from {{ ref('int_contract_objects__placed') }}

),

node_contents as (

    select * from {{ ref('stg_dbt__node_contents') }}

),

relations as (

    select * from {{ ref('int_dbt_relations__named') }}

),

datasets as (

    select * from {{ ref('int_datasets__resolved') }}

),

unioned as (

    select
        contracts.contract_key,
        contracts.contract_version_key,
        objects.object_index,
        objects.object_name,
        placed.dataset_namespace,
        placed.dataset_name,
        placed.evidence
    from contracts
    inner join objects on contracts.document_key = objects.document_key
    left join placed
        on objects.document_key = placed.document_key and objects.object_index = placed.object_index
    union all
    select
        contracts.contract_key,
        contracts.contract_version_key,
        1 as object_index,
        node_contents.node_name as object_name,
        relations.dataset_namespace,
        relations.dataset_name,
        'dbt relation' as evidence
    from contracts
    inner join node_contents
        on
            contracts.source_name = node_contents.source_name
            and contracts.contract_id = node_contents.unique_id
            and contracts.node_md5 = node_contents.node_md5
    left join relations
        on
            node_contents.source_name = relations.source_name
            and {{ dbt_relation_key('node_contents') }} = relations.relation_key

),

final as (

    select
        cast(unioned.contract_key as uuid) as contract_key,
        cast(unioned.contract_version_key as uuid) as contract_version_key,
        cast(unioned.object_index as integer) as object_index,
        cast(unioned.object_name as text) as object_name,
        cast(datasets.dataset_key as uuid) as dataset_key,
        cast(datasets.canonical_namespace as text) as dataset_namespace,
        cast(datasets.canonical_name as text) as dataset_name,
        cast(case when datasets.dataset_key is not null then unioned.evidence end as text) as evidence
    from unioned
    left join datasets
        on
            unioned.dataset_namespace = datasets.dataset_namespace
            and unioned.dataset_name = datasets.dataset_name

)

select * from final
