with artifacts as (

    select * from {{ ref('stg_dbt__artifacts') }}

),

catalog_columns as (

    select * from {{ ref('stg_dbt__catalog_columns') }}

),

keyed as (

    select
        catalog_columns.*,
        artifacts.generated_at,
        lower(concat_ws(
            '.', nullif(catalog_columns.database_name, ''), nullif(catalog_columns.schema_name, ''),
            catalog_columns.relation_identifier
        )) as relation_key
    from catalog_columns
    inner join artifacts
        on
            catalog_columns.source_name = artifacts.source_name
            and catalog_columns.artifact_id = artifacts.artifact_id

),

one_resource as (

    -- A relation that is a model and a source too stands in a catalog twice.
    select
        *,
        dense_rank() over (
            partition by source_name, artifact_id, relation_key
            order by section, unique_id
        ) as resource_rank
    from keyed

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(artifact_id as text) as artifact_id,
        cast(generated_at as timestamp) as generated_at,
        cast(relation_key as text) as relation_key,
        cast(column_name as text) as column_name,
        cast(column_type as text) as column_type,
        cast(
            row_number() over (
                partition by source_name, artifact_id, relation_key
                order by column_index nulls last, column_name
            ) as integer
        ) as ordinal,
        cast(
            md5(string_agg(
                lower(column_name) || ' ' || lower(coalesce(column_type, '')), ','
            ) over (
                partition by source_name, artifact_id, relation_key
                order by column_index nulls last, column_name
                rows between unbounded preceding and unbounded following
            )) as text
        ) as schema_md5
    from one_resource
    where resource_rank = 1

)

select * from final
