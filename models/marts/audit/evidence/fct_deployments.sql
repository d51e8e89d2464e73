with

thresholds as (

    {{ subject_thresholds('CH01', ['window_days']) }}

),

pipelines as (

    select * from {{ ref('fct_pipeline_activity') }}

),

current_pipelines as (

    select * from {{ ref('dim_pipelines_current') }}

),

detected as (

    select
        deployment_key,
        pipeline_key,
        deployed_version,
        version_name,
        deployed_at,
        count(changed_node) as changed_node_count
    from {{ ref('int_deployments__detected') }}
    where deployed_at is not null
    group by 1, 2, 3, 4, 5

),

-- What is deployed is what runs until the next version of the same pipeline.
dated as (

    select
        *,
        lead(deployed_at) over (partition by pipeline_key order by deployed_at, deployment_key) as replaced_at
    from detected

),

final as (

    select
        cast(dated.deployment_key as uuid) as deployment_key,
        cast(dated.pipeline_key as uuid) as pipeline_key,
        cast(pipelines.team_key as uuid) as team_key,
        cast(pipelines.source_name as text) as source_name,
        cast(pipelines.pipeline_name || ' ' || dated.version_name as text) as subject_name,
        cast(dated.deployed_version as text) as deployed_version,
        cast(dated.changed_node_count as bigint) as changed_node_count,
        cast({{ is_sandbox('current_pipelines') }} as boolean) as is_sandbox,
        cast(dated.deployed_at as timestamp) as deployed_at,
        cast(coalesce(dated.replaced_at, cast('9999-12-31' as timestamp)) as timestamp) as replaced_at,
        cast(pipelines.as_of_at as timestamp) as as_of_at
    from dated
    {{ join_thresholds('dated.pipeline_key') }}
    inner join pipelines on dated.pipeline_key = pipelines.pipeline_key
    inner join current_pipelines on dated.pipeline_key = current_pipelines.pipeline_key
    where {{ seconds_between('dated.deployed_at', 'pipelines.as_of_at') }}
        between 0 and {{ threshold('window_days') }} * 86400

)

select * from final
