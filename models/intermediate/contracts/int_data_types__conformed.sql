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

-- varchar(50), array<int>, int[] and timestamp(6) without time zone are a name and what it is given.
split as (

    select
        scheme,
        data_type,
        case
            when data_type like '%[]' then 'array'
            else trim(regexp_replace(regexp_replace(split_part(data_type, '<', 1), '\(.*\)', ''), ' +', ' '))
        end as type_name,
        nullif(replace(split_part(split_part(data_type, '(', 2), ')', 1), ' ', ''), '') as type_arguments
    from used
    where data_type is not null

),

ranked as (

    select
        split.scheme,
        split.data_type,
        split.type_name,
        split.type_arguments,
        synonyms.canonical_type,
        synonyms.logical_type,
        row_number() over (
            partition by split.scheme, split.data_type order by synonyms.scheme nulls last
        ) as synonym_rank
    from split
    left join synonyms
        on
            split.type_name = synonyms.type_name
            and (synonyms.scheme is null or split.scheme = synonyms.scheme)

),

final as (

    select
        cast(scheme as text) as scheme,
        cast(data_type as text) as data_type,
        cast(coalesce(canonical_type, type_name) as text) as canonical_type,
        cast(
            case
                when canonical_type = 'decimal' and type_arguments not like '%,%' then type_arguments || ',0'
                else type_arguments
            end as text
        ) as type_arguments,
        cast(
            case
                when
                    canonical_type = 'decimal' and logical_type = 'number'
                    and (type_arguments not like '%,%' or type_arguments like '%,0')
                    then 'integer'
                else logical_type
            end as text
        ) as logical_type,
        cast(canonical_type is not null as boolean) as is_known
    from ranked
    where synonym_rank = 1

)

select * from final
