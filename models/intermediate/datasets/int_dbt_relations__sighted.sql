with relations as (

    select * from {{ ref('int_dbt_relations__defined') }}

),

nodes as (

    select * from {{ ref('int_dbt_nodes__resolved') }}

),

dbt_datasets as (

    select * from {{ ref('int_dbt_datasets__attributed') }}

),

candidates as (

    select
        relations.source_name,
        relations.relation_key,
        dbt_datasets.dataset_namespace,
        dbt_datasets.dataset_name,
        case when dbt_datasets.is_known_invocation then 1 else 3 end as preference
    from relations
    inner join dbt_datasets
        on
            relations.source_name = dbt_datasets.source_name
            and relations.relation_key = lower(dbt_datasets.dataset_name)

    union all

    select
        nodes.source_name,
        nodes.relation_key,
        dbt_datasets.dataset_namespace,
        dbt_datasets.dataset_name,
        2 as preference
    from nodes
    inner join dbt_datasets
        on
            nodes.source_name = dbt_datasets.source_name
            and nodes.invocation_id = dbt_datasets.invocation_id
            and nodes.unique_id = dbt_datasets.unique_id
    where dbt_datasets.role = 'output' and nodes.resource_type in ('model', 'seed', 'snapshot')

),

summed as (

    select
        source_name,
        relation_key,
        dataset_namespace,
        dataset_name,
        min(preference) as preference,
        count(*) as sighting_count
    from candidates
    group by source_name, relation_key, dataset_namespace, dataset_name

),

ranked as (

    select
        *,
        row_number() over (
            partition by source_name, relation_key
            order by preference asc, sighting_count desc, dataset_namespace asc, dataset_name asc
        ) as candidate_rank
    from summed

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(relation_key as text) as relation_key,
        cast(dataset_namespace as text) as dataset_namespace,
        cast(dataset_name as text) as dataset_name,
        cast(
            case preference
                when 1 then 'lineage of an invocation' when 2 then 'output of the node' else 'lineage of the project'
            end as text
        ) as evidence
    from ranked
    where candidate_rank = 1

)

select * from final
