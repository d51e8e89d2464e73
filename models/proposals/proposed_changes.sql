with

differences as (

    select * from {{ ref('proposed_differences') }}

),

contracts as (

    select * from {{ ref('proposed_contracts') }}

),

objects as (

    select * from {{ ref('proposed_objects') }}

),

datasets as (

    select * from {{ ref('dim_datasets_current') }}

),

-- A breaking change of a contract that is in force blocks, unless its version says so.
final as (

    select
        cast(differences.proposed_change_key as uuid) as proposed_change_key,
        cast(contracts.contract_key as uuid) as contract_key,
        cast(coalesce(differences.dataset_key, objects.dataset_key) as uuid) as dataset_key,
        cast(contracts.contract_standard as text) as contract_standard,
        cast(contracts.source_name as text) as source_name,
        cast(coalesce(contracts.contract_id, differences.unique_id) as text) as contract_id,
        cast(coalesce(contracts.contract_name, differences.unique_id) as text) as contract_name,
        cast(contracts.version_before as text) as version_before,
        cast(contracts.version_after as text) as version_after,
        cast(datasets.subject_name as text) as dataset_subject_name,
        cast(differences.object_name as text) as object_name,
        cast(differences.change_kind as text) as change_kind,
        cast(differences.clause_kind as text) as clause_kind,
        cast(differences.column_name as text) as column_name,
        cast(differences.column_name_before as text) as column_name_before,
        cast(differences.value_before as text) as value_before,
        cast(differences.value_after as text) as value_after,
        cast(differences.is_breaking as boolean) as is_breaking,
        cast(coalesce(contracts.is_active, false) as boolean) as is_of_active_contract,
        cast(coalesce(contracts.is_announced, false) as boolean) as is_announced,
        cast(
            coalesce(differences.is_breaking and contracts.is_active and not contracts.is_announced, false) as boolean
        ) as is_blocking
    from differences
    left join contracts on differences.proposed_contract_key = contracts.proposed_contract_key
    left join objects
        on
            differences.proposed_contract_key = objects.proposed_contract_key
            and differences.object_name = objects.object_name
    left join datasets on coalesce(differences.dataset_key, objects.dataset_key) = datasets.dataset_key

)

select * from final
