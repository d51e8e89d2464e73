with

exposures as (

    select * from {{ ref('int_exposures__defined') }}

),

exposure_nodes as (

    select * from {{ ref('int_exposure_nodes__walked') }}

),

relations as (

    select * from {{ ref('int_dbt_relations__named') }}

),

datasets as (

    select * from {{ ref('int_datasets__resolved') }}

),

final as (

    select distinct
        cast(exposures.exposure_key as uuid) as exposure_key,
        cast(datasets.dataset_key as uuid) as dataset_key
    from exposures
    inner join exposure_nodes
        on
            exposures.source_name = exposure_nodes.source_name
            and exposures.project_name = exposure_nodes.project_name
            and exposures.unique_id = exposure_nodes.unique_id
    inner join relations
        on
            exposure_nodes.source_name = relations.source_name
            and exposure_nodes.relation_key = relations.relation_key
    inner join datasets
        on relations.dataset_namespace = datasets.dataset_namespace and relations.dataset_name = datasets.dataset_name

)

select * from final
