with catalog_columns as (

    select * from {{ ref('int_dbt_catalogs__unpacked') }}

),

final as (

    select distinct
        cast(source_name as text) as source_name,
        cast(schema_md5 as text) as schema_md5,
        cast(lower(column_name) as text) as column_name,
        cast(lower(column_type) as text) as data_type,
        cast(ordinal as integer) as ordinal
    from catalog_columns

)

select * from final
