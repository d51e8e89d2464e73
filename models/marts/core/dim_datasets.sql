-- depends_on: {{ ref('dim_teams_current') }}
with

datasets as (

    select * from {{ ref('int_datasets__resolved') }}

),

sightings as (

    select * from {{ ref('int_datasets__sighted') }}

),

schema_versions as (

    select * from {{ ref('int_dataset_schemas__versioned') }}

),

schema_columns as (

    select
        schema_md5,
        count(*) as column_count
    from {{ ref('int_dataset_columns__unioned') }}
    group by 1

),

owners as (

    select * from {{ ref('int_datasets__owned') }}

),

described as (

    select
        datasets.dataset_key,
        min(datasets.canonical_namespace) as dataset_namespace,
        min(datasets.canonical_name) as dataset_name,
        -- A contract speaks of a dataset, and is no authority on it.
        coalesce(
            min(sightings.source_name) filter (where sightings.feed <> 'odcs'), min(sightings.source_name)
        ) as source_name,
        {{ seen_by('sightings.feed') }} as seen_by
    from datasets
    inner join sightings
        on
            datasets.dataset_namespace = sightings.dataset_namespace
            and datasets.dataset_name = sightings.dataset_name
    group by 1

),

members as (

    select
        described.dataset_key,
        coalesce(schema_versions.valid_from, cast('1900-01-01' as timestamp)) as valid_from,
        coalesce(schema_versions.valid_to, cast('9999-12-31' as timestamp)) as valid_to,
        coalesce(schema_versions.is_current, true) as is_current,
        described.dataset_namespace,
        described.dataset_name,
        described.source_name,
        described.seen_by,
        schema_versions.schema_md5,
        schema_columns.column_count,
        coalesce(owners.team_key, {{ unknown_key() }}) as team_key,
        schema_versions.schema_md5 is null as is_inferred,
        false as is_unknown
    from described
    left join schema_versions on described.dataset_key = schema_versions.dataset_key
    left join schema_columns on schema_versions.schema_md5 = schema_columns.schema_md5
    left join owners on described.dataset_key = owners.dataset_key
    union all
    select
        {{ unknown_key() }} as dataset_key,
        cast('1900-01-01' as timestamp) as valid_from,
        cast('9999-12-31' as timestamp) as valid_to,
        true as is_current,
        'unknown' as dataset_namespace,
        'unknown' as dataset_name,
        cast(null as text) as source_name,
        cast(null as text) as seen_by,
        cast(null as text) as schema_md5,
        cast(null as bigint) as column_count,
        {{ unknown_key() }} as team_key,
        false as is_inferred,
        true as is_unknown

),

final as (

    select
        {{ version_key('dataset_key') }} as dataset_version_key,
        cast(dataset_key as uuid) as dataset_key,
        cast(valid_from as timestamp) as valid_from,
        cast(valid_to as timestamp) as valid_to,
        cast(is_current as boolean) as is_current,
        cast(dataset_namespace as text) as dataset_namespace,
        cast(dataset_name as text) as dataset_name,
        cast(dataset_namespace || '/' || dataset_name as text) as subject_name,
        cast(source_name as text) as source_name,
        cast(seen_by as text) as seen_by,
        cast(schema_md5 as text) as schema_md5,
        cast(column_count as integer) as column_count,
        cast(team_key as uuid) as team_key,
        cast(is_inferred as boolean) as is_inferred,
        cast(is_unknown as boolean) as is_unknown,
        cast(false as boolean) as is_retired
    from members

)

select * from final
