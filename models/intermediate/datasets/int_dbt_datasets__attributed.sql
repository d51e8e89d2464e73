with dbt_datasets as (

    select distinct
        invocation_id,
        project_name,
        unique_id,
        role,
        dataset_namespace,
        dataset_name
    from {{ ref('int_dbt_datasets__emitted') }}

),

artifacts as (

    select * from {{ ref('stg_dbt__artifacts') }}

),

manifests as (

    select * from {{ ref('int_dbt_manifests__identified') }}

),

known_invocations as (

    select distinct
        source_name,
        invocation_id
    from artifacts
    where invocation_id is not null

),

known_projects as (

    select distinct
        source_name,
        project_name
    from manifests

),

attributed as (

    select
        known_invocations.source_name,
        dbt_datasets.*,
        true as is_known_invocation
    from dbt_datasets
    inner join known_invocations on dbt_datasets.invocation_id = known_invocations.invocation_id

    union all

    select
        known_projects.source_name,
        dbt_datasets.*,
        false as is_known_invocation
    from dbt_datasets
    inner join known_projects on dbt_datasets.project_name = known_projects.project_name
    left join known_invocations
        on
            known_projects.source_name = known_invocations.source_name
            and dbt_datasets.invocation_id = known_invocations.invocation_id
    where known_invocations.source_name is null

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(invocation_id as text) as invocation_id,
        cast(project_name as text) as project_name,
        cast(unique_id as text) as unique_id,
        cast(role as text) as role,
        cast(dataset_namespace as text) as dataset_namespace,
        cast(dataset_name as text) as dataset_name,
        cast(is_known_invocation as boolean) as is_known_invocation
    from attributed

)

select * from final
