{{ config(materialized='table') }}

with

clauses as (

    select
        contract_clause_key,
        contract_clause_version_key,
        valid_from,
        valid_to,
        is_binding,
        clause_kind,
        dataset_key,
        lower(column_name) as column_name,
        property_path,
        clause_name,
        metric
    from {{ ref('int_contract_clauses__resolved') }}
    where dataset_key is not null and clause_kind in ('required', 'unique', 'primary_key', 'quality')

),

checks as (

    select * from {{ ref('int_checks__measured') }}

),

key_metrics as (

    select 'nullValues' as metric
    union all
    select 'duplicateValues' as metric

),

-- What has to be measured before a clause is tested whole. A key of several columns has no check that says which.
needs as (

    select
        contract_clause_version_key,
        metric
    from clauses
    where metric is not null and column_name is not null
    union all
    select
        clauses.contract_clause_version_key,
        key_metrics.metric
    from clauses
    cross join key_metrics
    where clauses.clause_kind = 'primary_key' and clauses.column_name is not null

),

bound as (

    select
        clauses.contract_clause_version_key,
        needs.metric,
        checks.check_key
    from clauses
    inner join needs on clauses.contract_clause_version_key = needs.contract_clause_version_key
    inner join checks
        on
            clauses.dataset_key = checks.dataset_key
            and clauses.column_name = lower(checks.column_name)
            and needs.metric = checks.metric
    union
    select
        clauses.contract_clause_version_key,
        coalesce(clauses.metric, 'rule') as metric,
        checks.check_key
    from clauses
    inner join checks
        on
            clauses.dataset_key = checks.dataset_key
            and lower(clauses.clause_name) = lower(checks.check_name)
            and (
                clauses.column_name = lower(checks.column_name)
                or (clauses.property_path is null and checks.column_name is null)
            )
    where clauses.clause_kind = 'quality'

),

final as (

    select
        cast(clauses.contract_clause_key as uuid) as contract_clause_key,
        cast(clauses.contract_clause_version_key as uuid) as contract_clause_version_key,
        cast(clauses.valid_from as timestamp) as valid_from,
        cast(clauses.valid_to as timestamp) as valid_to,
        cast(clauses.is_binding as boolean) as is_binding,
        cast(bound.metric as text) as metric,
        cast(bound.check_key as uuid) as check_key
    from bound
    inner join clauses on bound.contract_clause_version_key = clauses.contract_clause_version_key

)

select * from final
