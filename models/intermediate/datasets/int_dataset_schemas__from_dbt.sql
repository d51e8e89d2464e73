with catalog_columns as (

    select * from {{ ref('int_dbt_catalogs__unpacked') }}

),

relations as (

    select * from {{ ref('int_dbt_relations__named') }}

),

final as (

    select distinct
        cast(relations.dataset_namespace as text) as dataset_namespace,
        cast(relations.dataset_name as text) as dataset_name,
        cast('dbt' as text) as feed,
        cast(catalog_columns.source_name as text) as source_name,
        cast('dbt catalog' as text) as observer,
        cast(null as text) as role,
        cast(catalog_columns.generated_at as timestamp) as seen_at,
        cast(1 as bigint) as sighting_count,
        cast(catalog_columns.schema_md5 as text) as schema_md5
    from catalog_columns
    inner join relations
        on
            catalog_columns.source_name = relations.source_name
            and catalog_columns.relation_key = relations.relation_key

)

select * from final
