{%- set part = "split_part(ltrim(contract_version, 'vV'), '.', 1)" %}

with

in_force as (

    select
        *,
        {{ to_bigint(part) }} as major_version,
        coalesce({{ to_bigint("ltrim(split_part(contract_id, '.', 4), 'v')") }}, 1) as model_version,
        split_part(contract_id, '.', 2) || '.' || split_part(contract_id, '.', 3) as model_name
    from {{ ref('dim_contracts_current') }}
    where not is_unknown and is_retired is not true

),

proposed as (

    select
        *,
        {{ to_bigint(part) }} as major_version
    from {{ ref('int_contracts__resolved') }}
    where is_current

),

nodes as (

    select * from {{ ref('int_dbt_nodes__current') }}
    where is_enabled

),

projects as (
    select distinct project_name from {{ ref('int_dbt_nodes__current') }}
),

model_versions as (

    select
        split_part(unique_id, '.', 2) || '.' || split_part(unique_id, '.', 3) as model_name,
        max({{ to_bigint("ltrim(split_part(unique_id, '.', 4), 'v')") }}) as newest_version
    from nodes
    where resource_type = 'model'
    group by 1

),

matched as (

    select
        in_force.contract_key,
        in_force.contract_version_key,
        in_force.source_name,
        in_force.contract_version as version_before,
        coalesce(in_force.is_binding, false) as is_active,
        proposed.contract_version_key as proposed_contract_version_key,
        proposed.contract_version as version_after,
        coalesce(in_force.contract_standard, proposed.contract_standard) as contract_standard,
        coalesce(in_force.contract_id, proposed.contract_id) as contract_id,
        coalesce(in_force.contract_name, proposed.contract_name) as contract_name,
        proposed.major_version > in_force.major_version as is_major,
        in_force.model_name,
        in_force.model_version,
        case
            when in_force.contract_key is null then 'new'
            when proposed.is_binding or (proposed.contract_key is not null and not in_force.is_binding) then 'kept'
            else 'withdrawn'
        end as outcome
    from in_force
    full outer join proposed
        on in_force.contract_standard = proposed.contract_standard and in_force.contract_id = proposed.contract_id

),

-- Of contracts in files, those that the proposal does not hold may stand elsewhere; a manifest holds its whole project.
final as (

    select
        {{ surrogate_key(['matched.contract_key', 'matched.proposed_contract_version_key']) }}
            as proposed_contract_key,
        cast(matched.contract_key as uuid) as contract_key,
        cast(matched.contract_version_key as uuid) as contract_version_key,
        cast(matched.proposed_contract_version_key as uuid) as proposed_contract_version_key,
        cast(matched.contract_standard as text) as contract_standard,
        {%- for column in ['source_name', 'contract_id', 'contract_name', 'version_before', 'version_after'] %}
            cast(matched.{{ column }} as text) as {{ column }},
        {%- endfor %}
        cast(matched.is_active as boolean) as is_active,
        cast(
            case
                when matched.contract_standard = 'dbt' and matched.outcome = 'withdrawn' and nodes.unique_id is null
                    then 'removed'
                else matched.outcome
            end as text
        ) as outcome,
        cast(
            coalesce(
                case
                    when matched.contract_standard <> 'dbt' then matched.is_major
                    else nodes.unique_id is null and model_versions.newest_version > matched.model_version
                end,
                false
            ) as boolean
        ) as is_announced
    from matched
    left join nodes on matched.contract_standard = 'dbt' and matched.contract_id = nodes.unique_id
    left join model_versions on matched.model_name = model_versions.model_name
    where
        matched.proposed_contract_version_key is not null
        or (
            matched.is_active
            and matched.contract_standard = 'dbt'
            and split_part(matched.contract_id, '.', 2) in (select projects.project_name from projects)
        )

)

select * from final
