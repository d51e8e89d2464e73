-- depends_on: {{ ref('dim_datasets') }}
with

schema_versions as (

    select * from {{ ref('int_dataset_schemas__versioned') }}

),

schema_columns as (

    select * from {{ ref('int_dataset_columns__unioned') }}

),

held as (

    select
        schema_versions.dataset_key,
        schema_columns.column_name,
        schema_columns.data_type,
        schema_columns.ordinal_position,
        schema_versions.first_seen_at,
        schema_versions.valid_to,
        schema_versions.is_current,
        row_number() over (
            partition by schema_versions.dataset_key, schema_columns.column_name
            order by schema_versions.version_number desc
        ) as recency,
        min(schema_versions.first_seen_at) over (
            partition by schema_versions.dataset_key, schema_columns.column_name
        ) as column_first_seen_at
    from schema_versions
    inner join schema_columns on schema_versions.schema_md5 = schema_columns.schema_md5

),

members as (

    select
        {{ surrogate_key(['dataset_key', 'column_name']) }} as column_key,
        dataset_key,
        column_name,
        data_type,
        ordinal_position,
        column_first_seen_at as first_seen_at,
        case when not is_current then valid_to end as last_seen_at,
        is_current,
        false as is_unknown
    from held
    where recency = 1
    union all
    select
        {{ unknown_key() }} as column_key,
        {{ unknown_key() }} as dataset_key,
        'unknown' as column_name,
        cast(null as text) as data_type,
        cast(null as integer) as ordinal_position,
        cast(null as timestamp) as first_seen_at,
        cast(null as timestamp) as last_seen_at,
        true as is_current,
        true as is_unknown

),

final as (

    select
        cast(column_key as uuid) as column_key,
        cast(dataset_key as uuid) as dataset_key,
        cast(column_name as text) as column_name,
        cast(data_type as text) as data_type,
        cast(ordinal_position as integer) as ordinal_position,
        cast(first_seen_at as timestamp) as first_seen_at,
        cast(last_seen_at as timestamp) as last_seen_at,
        cast(is_current as boolean) as is_current,
        cast(is_unknown as boolean) as is_unknown,
        cast(false as boolean) as is_retired
    from members

)

select * from final
