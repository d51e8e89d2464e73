with

named as (

    select * from {{ ref('int_contract_objects__named') }}

),

objects as (

    select
        document_key,
        object_index,
        lower(coalesce(physical_name, object_name)) as physical_name
    from {{ ref('stg_odcs__schema_objects') }}

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

-- Hosts have several names: the only dataset of that name in such a store is meant.
only_of_name as (

    select
        named.document_key,
        named.object_index,
        named.server_index,
        named.is_production,
        min(known.dataset_namespace) as dataset_namespace,
        min(known.dataset_name) as dataset_name
    from named
    inner join known
        on
            named.scheme = split_part(known.dataset_namespace, '://', 1)
            and lower(named.dataset_name) = lower(known.dataset_name)
    group by 1, 2, 3, 4
    having count(*) = 1

),

-- Without a server only a name that brings its schema can be recognized.
only_of_path as (

    select
        objects.document_key,
        objects.object_index,
        min(known.dataset_namespace) as dataset_namespace,
        min(known.dataset_name) as dataset_name
    from objects
    inner join known
        on
            lower(known.dataset_name) = objects.physical_name
            or right(lower(known.dataset_name), length(objects.physical_name) + 1) = '.' || objects.physical_name
    left join named
        on objects.document_key = named.document_key and objects.object_index = named.object_index
    where named.document_key is null and objects.physical_name like '%.%'
    group by 1, 2
    having count(*) = 1

),

unioned as (

    select * from only_of_name
    union all
    select
        document_key,
        object_index,
        cast(null as integer) as server_index,
        true as is_production,
        dataset_namespace,
        dataset_name
    from only_of_path

),

final as (

    select
        cast(document_key as uuid) as document_key,
        cast(object_index as integer) as object_index,
        cast(server_index as integer) as server_index,
        cast(is_production as boolean) as is_production,
        cast(dataset_namespace as text) as dataset_namespace,
        cast(dataset_name as text) as dataset_name
    from unioned

)

select * from final
