{{ config(materialized='table') }}

with

named as (

    select * from {{ ref('int_contract_objects__named') }}

),

matched as (

    select * from {{ ref('int_contract_objects__matched') }}

),

known as (

    select
        dataset_namespace,
        dataset_name
    from {{ ref('int_openlineage_datasets__described') }}
    union
    select
        dataset_namespace,
        dataset_name
    from {{ ref('int_dbt_relations__named') }}

),

exact as (

    select
        named.document_key,
        named.object_index,
        named.server_index,
        named.is_production,
        named.dataset_namespace,
        named.dataset_name,
        bool_or(known.dataset_name is not null) as is_known
    from named
    left join known
        on
            named.dataset_namespace = known.dataset_namespace
            and lower(named.dataset_name) = lower(known.dataset_name)
    where named.dataset_namespace is not null and named.dataset_name is not null
    group by 1, 2, 3, 4, 5, 6

),

{% set columns = 'document_key, object_index, server_index, is_production, dataset_namespace, dataset_name' -%}

candidates as (

    select
        {{ columns }},
        case when is_known then 1 else 3 end as preference,
        case when is_known then 'server' else 'server, of which nothing else is known' end as evidence
    from exact
    union all
    select
        {{ columns }},
        2 as preference,
        'only dataset of that name' as evidence
    from matched

),

ranked as (

    select
        *,
        row_number() over (
            partition by document_key, object_index
            order by preference asc, is_production desc, server_index asc, dataset_namespace asc, dataset_name asc
        ) as candidate_rank
    from candidates

),

final as (

    select
        cast(document_key as uuid) as document_key,
        cast(object_index as integer) as object_index,
        cast(dataset_namespace as text) as dataset_namespace,
        cast(dataset_name as text) as dataset_name,
        cast(evidence as text) as evidence
    from ranked
    where candidate_rank = 1

)

select * from final
