with recursive

deployments as (

    select * from {{ ref('fct_deployments') }}

),

detected as (

    select * from {{ ref('int_deployments__detected') }}

),

dependencies as (

    select * from {{ ref('int_dbt_dependencies__sighted') }}

),

-- What a node of dbt changed, all that is made from it may show. The union ends in circles too.
walked as (

    select
        deployments.deployment_key,
        deployments.pipeline_key,
        detected.platform_instance as source_name,
        detected.deployed_version as artifact_id,
        detected.changed_node as unique_id
    from deployments
    inner join detected on deployments.deployment_key = detected.deployment_key
    where detected.changed_node is not null
    union
    select
        walked.deployment_key,
        walked.pipeline_key,
        walked.source_name,
        walked.artifact_id,
        dependencies.unique_id
    from walked
    inner join dependencies
        on
            walked.source_name = dependencies.source_name
            and walked.artifact_id = dependencies.manifest_artifact_id
            and walked.unique_id = dependencies.upstream_unique_id

),

-- A new version of a DAG does not say which of its tasks it changed.
nodes as (

    select
        walked.deployment_key,
        tasks.task_key as node_key,
        tasks.subject_name as node_name,
        false as is_check
    from walked
    inner join {{ ref('dim_tasks_current') }} as tasks
        on walked.pipeline_key = tasks.pipeline_key and walked.unique_id = tasks.task_name
    union all
    select
        walked.deployment_key,
        checks.check_key as node_key,
        checks.subject_name as node_name,
        true as is_check
    from walked
    inner join {{ ref('dim_checks') }} as checks
        on walked.pipeline_key = checks.pipeline_key and walked.unique_id = checks.check_id
    union all
    select
        deployments.deployment_key,
        tasks.task_key as node_key,
        tasks.subject_name as node_name,
        false as is_check
    from deployments
    inner join {{ ref('dim_tasks_current') }} as tasks on deployments.pipeline_key = tasks.pipeline_key
    where deployments.changed_node_count = 0

),

final as (

    select
        {{ surrogate_key(['deployment_key', 'node_key']) }} as deployment_node_key,
        cast(deployment_key as uuid) as deployment_key,
        cast(case when is_check then {{ unknown_key() }} else node_key end as uuid) as task_key,
        cast(case when is_check then node_key else {{ unknown_key() }} end as uuid) as check_key,
        cast(node_name as text) as node_name
    from nodes

)

select * from final
