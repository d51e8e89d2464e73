with

clauses as (

    select
        clauses.*,
        contracts.contract_standard
    from {{ ref('int_contract_clauses__resolved') }} as clauses
    inner join {{ ref('int_contracts__resolved') }} as contracts
        on clauses.contract_version_key = contracts.contract_version_key
    where clauses.is_binding and clauses.dataset_key is not null and clauses.column_name is not null

),

schema_versions as (

    select * from {{ ref('int_dataset_schemas__versioned') }}

),

schema_columns as (

    select * from {{ ref('int_dataset_columns__unioned') }}

),

-- Contracts that disagree make no change: what the store enforces speaks for a dataset, else one of its contracts.
contracts as (

    select
        dataset_key,
        contract_key,
        contract_standard,
        source_name,
        row_number() over (
            partition by dataset_key
            order by
                case contract_standard when 'dbt' then 0 else 1 end asc, source_name collate "C" asc, contract_key asc
        ) as contract_rank
    from clauses
    group by 1, 2, 3, 4

),

promised as (

    select
        contract_key,
        contract_version_key,
        dataset_key,
        lower(column_name) as column_name,
        min(column_name collate "C") as contract_column_name,
        min(source_name) as source_name,
        min(valid_from) as valid_from,
        max(valid_to) as valid_to,
        not bool_or(clause_kind in ('required', 'primary_key')) as is_nullable
    from clauses
    group by 1, 2, 3, 4
    having bool_or(clause_kind = 'column')

),

compared as (

    select
        *,
        lag(is_nullable) over (partition by contract_key, dataset_key, column_name order by valid_from)
            as was_nullable,
        lag(valid_to) over (partition by contract_key, dataset_key, column_name order by valid_from)
            as previous_valid_to
    from promised

),

used as (

    select
        schema_versions.dataset_key,
        schema_columns.column_name
    from schema_versions
    inner join contracts on schema_versions.dataset_key = contracts.dataset_key and contracts.contract_rank = 1
    inner join schema_columns on schema_versions.schema_md5 = schema_columns.schema_md5

),

spelt as (

    select
        dataset_key,
        lower(column_name) as folded_name,
        min(column_name collate "C") as column_name
    from used
    group by 1, 2

),

final as (

    select
        cast(compared.dataset_key as uuid) as dataset_key,
        cast(compared.contract_key as uuid) as contract_key,
        cast(compared.contract_version_key as uuid) as contract_version_key,
        cast(compared.valid_from as timestamp) as changed_at,
        cast(compared.source_name as text) as source_name,
        cast(contracts.contract_standard || ' contract' as text) as observer,
        cast(coalesce(spelt.column_name, compared.contract_column_name) as text) as column_name,
        cast(compared.was_nullable as boolean) as is_nullable_before,
        cast(compared.is_nullable as boolean) as is_nullable_after
    from compared
    inner join contracts
        on
            compared.dataset_key = contracts.dataset_key
            and compared.contract_key = contracts.contract_key
            and contracts.contract_rank = 1
    left join spelt on compared.dataset_key = spelt.dataset_key and compared.column_name = spelt.folded_name
    where compared.was_nullable <> compared.is_nullable and compared.previous_valid_to = compared.valid_from

)

select * from final
