with

runs as (

    select * from {{ ref('int_openlineage_runs__merged') }}
    where dbt_invocation_id is not null

),

artifacts as (

    select * from {{ ref('stg_dbt__artifacts') }}
    where invocation_id is not null

),

invocations as (

    select
        source_name,
        job_namespace,
        coalesce(dbt_project_name, '') as project_name,
        dbt_invocation_id as invocation_id
    from runs
    group by 1, 2, 3, 4

),

holders as (

    select
        invocation_id,
        min(source_name) as dbt_source_name
    from artifacts
    group by 1

),

-- A project whose other invocations are known is the same project.
projects as (

    select
        invocations.source_name,
        invocations.job_namespace,
        invocations.project_name,
        holders.dbt_source_name,
        row_number() over (
            partition by invocations.source_name, invocations.job_namespace, invocations.project_name
            order by count(*) desc, holders.dbt_source_name
        ) as place
    from invocations
    inner join holders
        on invocations.invocation_id = holders.invocation_id
    group by 1, 2, 3, 4

),

final as (

    select
        cast(invocations.source_name as text) as source_name,
        cast(invocations.job_namespace as text) as job_namespace,
        cast(invocations.invocation_id as text) as invocation_id,
        cast(coalesce(holders.dbt_source_name, projects.dbt_source_name) as text) as dbt_source_name,
        holders.dbt_source_name is not null as is_invocation_known
    from invocations
    left join holders
        on invocations.invocation_id = holders.invocation_id
    left join projects
        on
            invocations.source_name = projects.source_name
            and invocations.job_namespace = projects.job_namespace
            and invocations.project_name = projects.project_name
            and projects.place = 1

)

select * from final
