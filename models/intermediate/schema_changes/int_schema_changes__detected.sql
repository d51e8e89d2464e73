with

schema_versions as (

    select * from {{ ref('int_dataset_schemas__versioned') }}

),

schema_columns as (

    select * from {{ ref('int_dataset_columns__unioned') }}

),

changed_versions as (

    select * from schema_versions
    where previous_schema_md5 is not null

),

columns_after as (

    select
        changed_versions.dataset_key,
        changed_versions.version_number,
        schema_columns.column_name,
        schema_columns.data_type
    from changed_versions
    inner join schema_columns on changed_versions.schema_md5 = schema_columns.schema_md5

),

columns_before as (

    select
        changed_versions.dataset_key,
        changed_versions.version_number,
        schema_columns.column_name,
        schema_columns.data_type
    from changed_versions
    inner join schema_columns on changed_versions.previous_schema_md5 = schema_columns.schema_md5

),

compared as (

    select
        coalesce(columns_after.dataset_key, columns_before.dataset_key) as dataset_key,
        coalesce(columns_after.version_number, columns_before.version_number) as version_number,
        coalesce(columns_after.column_name, columns_before.column_name) as column_name,
        columns_before.data_type as data_type_before,
        columns_after.data_type as data_type_after,
        case
            when columns_before.column_name is null then 'added'
            when columns_after.column_name is null then 'dropped'
            when coalesce(columns_before.data_type, '') <> coalesce(columns_after.data_type, '') then 'retyped'
        end as change_kind
    from columns_after
    full outer join columns_before
        on
            columns_after.dataset_key = columns_before.dataset_key
            and columns_after.version_number = columns_before.version_number
            and columns_after.column_name = columns_before.column_name

),

final as (

    select
        {{ surrogate_key(
            ['compared.dataset_key', 'changed_versions.first_seen_at', 'compared.column_name']
        ) }} as schema_change_key,
        cast(compared.dataset_key as uuid) as dataset_key,
        cast(compared.version_number as integer) as version_number,
        cast(compared.column_name as text) as column_name,
        cast(compared.change_kind as text) as change_kind,
        cast(compared.data_type_before as text) as data_type_before,
        cast(compared.data_type_after as text) as data_type_after,
        cast(changed_versions.first_seen_at as timestamp) as changed_at,
        cast(changed_versions.observer as text) as observer,
        cast(changed_versions.source_name as text) as source_name
    from compared
    inner join changed_versions
        on
            compared.dataset_key = changed_versions.dataset_key
            and compared.version_number = changed_versions.version_number
    where compared.change_kind is not null

)

select * from final
