with

lineage_columns as (

    select * from {{ ref('int_dataset_columns__from_openlineage') }}

),

catalog_columns as (

    select * from {{ ref('int_dataset_columns__from_dbt') }}

),

unioned as (

    select
        schema_md5,
        column_name,
        data_type,
        ordinal
    from lineage_columns
    union
    select
        schema_md5,
        column_name,
        data_type,
        ordinal
    from catalog_columns

),

final as (

    select
        cast(schema_md5 as text) as schema_md5,
        cast(column_name as text) as column_name,
        cast(min(data_type) as text) as data_type,
        cast(min(ordinal) as integer) as ordinal_position
    from unioned
    group by 1, 2

)

select * from final
