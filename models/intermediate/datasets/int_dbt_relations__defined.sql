with node_contents as (

    select * from {{ ref('stg_dbt__node_contents') }}

),

sightings as (

    select * from {{ ref('int_dbt_nodes__sighted') }}

),

results as (

    select * from {{ ref('int_dbt_results__merged') }}

),

catalog_columns as (

    select * from {{ ref('stg_dbt__catalog_columns') }}

),

in_manifests as (

    select
        node_contents.source_name,
        sightings.adapter_type,
        sightings.generated_at,
        1 as preference,
        concat_ws(
            '.', nullif(node_contents.database_name, ''), nullif(node_contents.schema_name, ''),
            node_contents.relation_identifier
        ) as relation_name
    from node_contents
    inner join sightings
        on
            node_contents.source_name = sightings.source_name
            and node_contents.unique_id = sightings.unique_id
            and node_contents.node_md5 = sightings.node_md5
    where
        node_contents.resource_type in ('model', 'seed', 'snapshot', 'source')
        and coalesce(node_contents.materialized, '') <> 'ephemeral'

),

in_catalogs as (

    select distinct
        source_name,
        concat_ws('.', nullif(database_name, ''), nullif(schema_name, ''), relation_identifier) as relation_name
    from catalog_columns

),

in_results as (

    select distinct
        source_name,
        translate(relation_name, '"`[]', '') as relation_name
    from results
    where relation_name is not null and split_part(unique_id, '.', 1) in ('model', 'seed', 'snapshot')

),

relations as (

    select * from in_manifests

    union all

    select
        source_name,
        null as adapter_type,
        null as generated_at,
        2 as preference,
        relation_name
    from in_results

    union all

    select
        source_name,
        null as adapter_type,
        null as generated_at,
        3 as preference,
        relation_name
    from in_catalogs

),

ranked as (

    select
        *,
        max(adapter_type) over (partition by source_name) as source_adapter_type,
        row_number() over (
            partition by source_name, lower(relation_name)
            order by preference asc, generated_at desc nulls last, relation_name asc, adapter_type asc
        ) as relation_rank
    from relations
    where relation_name <> ''

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(lower(relation_name) as text) as relation_key,
        cast(relation_name as text) as relation_name,
        cast(coalesce(adapter_type, source_adapter_type, 'dbt') as text) as adapter_type
    from ranked
    where relation_rank = 1

)

select * from final
