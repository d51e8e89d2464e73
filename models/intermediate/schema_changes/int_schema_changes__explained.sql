with

changes as (

    select * from {{ ref('int_schema_changes__judged') }}

),

steps as (

    select * from {{ ref('int_schema_changes__stepped') }}

),

contracts as (

    select * from {{ ref('int_schema_changes__contracted') }}

),

deployments as (

    select * from {{ ref('int_schema_changes__deployed') }}

),

joined as (

    select
        changes.schema_change_key,
        steps.pipeline_key,
        coalesce(changes.contract_version_key, contracts.contract_version_key) as contract_version_key,
        deployments.deployed_at,
        deployments.deployed_version,
        coalesce(deployments.is_known, false) as is_deployment_known
    from changes
    inner join steps on changes.dataset_key = steps.dataset_key and changes.changed_at = steps.changed_at
    left join contracts on changes.schema_change_key = contracts.schema_change_key
    left join deployments
        on changes.dataset_key = deployments.dataset_key and changes.changed_at = deployments.changed_at

),

-- Where nothing tells what was deployed, a deployment may explain it.
final as (

    select
        cast(schema_change_key as uuid) as schema_change_key,
        cast(pipeline_key as uuid) as pipeline_key,
        cast(
            case
                when contract_version_key is not null then 'contract_version'
                when deployed_at is not null then 'deployment'
                when is_deployment_known then 'nothing'
                else 'cannot_tell'
            end as text
        ) as explained_by,
        cast(contract_version_key as uuid) as contract_version_key,
        cast(deployed_at as timestamp) as deployed_at,
        cast(deployed_version as text) as deployed_version
    from joined

)

select * from final
