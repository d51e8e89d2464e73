with

lineage_columns as (

    select * from {{ ref('int_dataset_columns__from_openlineage') }}

),

catalog_columns as (

    select * from {{ ref('int_dataset_columns__from_dbt') }}

),

observed as (

    select
        'lineage ' || source_name as observer,
        schema_md5,
        column_name,
        data_type,
        ordinal
    from lineage_columns
    union all
    select
        'warehouse ' || source_name as observer,
        schema_md5,
        column_name,
        data_type,
        ordinal
    from catalog_columns

),

-- Observers of one schema may spell its columns in different letter cases: the first one's spelling holds.
chosen as (

    select
        *,
        min(observer collate "C") over (partition by schema_md5) as chosen_observer
    from observed

),

final as (

    select
        cast(schema_md5 as text) as schema_md5,
        cast(column_name as text) as column_name,
        cast(min(data_type) as text) as data_type,
        cast(min(ordinal) as integer) as ordinal_position
    from chosen
    where observer = chosen_observer
    group by 1, 2

)

select * from final
