{{ config(materialized='table') }}

with relations as (

    select * from {{ ref('int_dbt_relations__defined') }}

),

lineage_names as (

    select * from {{ ref('int_dbt_relations__sighted') }}

),

only_matches as (

    select * from {{ ref('int_dbt_relations__matched') }}

),

connections as (

    -- One connection has one namespace: where lineage shows one only, the other relations share it.
    select
        relations.source_name,
        relations.adapter_type,
        min(lineage_names.dataset_namespace) as dataset_namespace
    from relations
    inner join lineage_names
        on
            relations.source_name = lineage_names.source_name
            and relations.relation_key = lineage_names.relation_key
    group by relations.source_name, relations.adapter_type
    having count(distinct lineage_names.dataset_namespace) = 1

),

final as (

    select
        cast(relations.source_name as text) as source_name,
        cast(relations.relation_key as text) as relation_key,
        cast(relations.relation_name as text) as relation_name,
        cast(relations.adapter_type as text) as adapter_type,
        cast(
            coalesce(
                lineage_names.dataset_namespace, only_matches.dataset_namespace, connections.dataset_namespace,
                relations.adapter_type || '://' || relations.source_name
            ) as text
        ) as dataset_namespace,
        cast(
            coalesce(lineage_names.dataset_name, only_matches.dataset_name, relations.relation_name) as text
        ) as dataset_name,
        cast(
            case
                when lineage_names.dataset_name is not null then lineage_names.evidence
                when only_matches.dataset_name is not null then 'only dataset of that name'
                when connections.dataset_namespace is not null then 'lineage of the connection'
                else 'none'
            end as text
        ) as name_evidence
    from relations
    left join lineage_names
        on
            relations.source_name = lineage_names.source_name
            and relations.relation_key = lineage_names.relation_key
    left join only_matches
        on
            relations.source_name = only_matches.source_name
            and relations.relation_key = only_matches.relation_key
    left join connections
        on
            relations.source_name = connections.source_name
            and relations.adapter_type = connections.adapter_type

)

select * from final
