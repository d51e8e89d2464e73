{{ config(materialized='table') }}

with

clauses as (

    select * from {{ ref('int_contract_clauses__resolved') }}

),

schema_versions as (

    select * from {{ ref('int_dataset_schemas__versioned') }}

),

schema_columns as (

    select * from {{ ref('int_dataset_columns__unioned') }}

),

synonyms as (

    select * from {{ ref('type_synonyms') }}

),

-- Only what is held to a contract, or has changed, is compared.
compared as (

    select dataset_key from clauses
    union
    select dataset_key from schema_versions
    where previous_schema_md5 is not null

),

used as (

    select distinct
        split_part(datasets.canonical_namespace, '://', 1) as scheme,
        lower(schema_columns.data_type) as data_type
    from compared
    inner join {{ ref('int_datasets__resolved') }} as datasets on compared.dataset_key = datasets.dataset_key
    inner join schema_versions on compared.dataset_key = schema_versions.dataset_key
    inner join schema_columns on schema_versions.schema_md5 = schema_columns.schema_md5
    union
    select distinct
        scheme,
        accepted_types as data_type
    from clauses
    where clause_kind = 'physical_type' and dataset_key is not null

),

conformed as (

    {{ conform_data_types('used', 'synonyms') | indent(4) }}

),

final as (

    select
        cast(scheme as text) as scheme,
        cast(data_type as text) as data_type,
        cast(canonical_type as text) as canonical_type,
        cast(type_arguments as text) as type_arguments,
        cast(logical_type as text) as logical_type,
        cast(is_known as boolean) as is_known
    from conformed

)

select * from final
