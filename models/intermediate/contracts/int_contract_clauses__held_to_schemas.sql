{{ config(materialized='table') }}

with

clauses as (

    select * from {{ ref('int_contract_clauses__resolved') }}
    where
        is_binding and dataset_key is not null and column_name is not null
        and clause_kind in ('column', 'logical_type', 'physical_type')

),

schema_versions as (

    select * from {{ ref('int_dataset_schemas__versioned') }}

),

schema_columns as (

    select
        schema_md5,
        lower(column_name) as column_name,
        min(data_type) as data_type
    from {{ ref('int_dataset_columns__unioned') }}
    group by 1, 2

),

types as (

    select * from {{ ref('int_data_types__conformed') }}

),

compared as (

    select
        clauses.contract_clause_key,
        clauses.contract_clause_version_key,
        schema_versions.observer,
        schema_versions.first_seen_at as tested_at,
        greatest(schema_versions.first_seen_at, clauses.valid_from) as held_from,
        least(schema_versions.valid_to, clauses.valid_to) as held_to,
        schema_columns.column_name,
        schema_columns.data_type,
        case
            when clauses.clause_kind = 'column' then schema_columns.column_name is null
            else {{ breaks_promised_type('clauses', 'schema_columns.data_type', 'found', 'promised') }}
        end as is_broken
    from clauses
    inner join schema_versions
        on
            clauses.dataset_key = schema_versions.dataset_key
            and clauses.valid_to > schema_versions.first_seen_at
            and clauses.valid_from < schema_versions.valid_to
    left join schema_columns
        on
            schema_versions.schema_md5 = schema_columns.schema_md5
            and lower(clauses.column_name) = schema_columns.column_name
    left join types as found
        on clauses.scheme = found.scheme and lower(schema_columns.data_type) = found.data_type
    left join types as promised
        on
            clauses.clause_kind = 'physical_type'
            and clauses.scheme = promised.scheme
            and clauses.accepted_types = promised.data_type

),

final as (

    select
        cast(contract_clause_key as uuid) as contract_clause_key,
        cast(contract_clause_version_key as uuid) as contract_clause_version_key,
        cast('schema of ' || observer as text) as tested_by,
        cast(null as uuid) as check_key,
        cast(null as text) as metric,
        cast(tested_at as timestamp) as tested_at,
        cast(tested_at as timestamp) as last_tested_at,
        cast(held_from as timestamp) as held_from,
        cast(held_to as timestamp) as held_to,
        cast(is_broken as boolean) as is_broken,
        cast(case when column_name is null then 'no such column' else coalesce(data_type, 'present') end as text)
            as found
    from compared
    where is_broken is not null

)

select * from final
