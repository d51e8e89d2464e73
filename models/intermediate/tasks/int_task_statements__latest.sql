with

identified as (

    select * from {{ ref('int_openlineage_runs__identified') }}
    where is_task_attempt

),

merged as (

    select * from {{ ref('int_openlineage_runs__merged') }}
    where sql_md5 is not null

),

task_attempts as (

    select
        identified.platform,
        identified.platform_instance,
        identified.pipeline_name,
        identified.task_name,
        merged.sql_md5,
        row_number() over (
            partition by
                identified.platform, identified.platform_instance, identified.pipeline_name, identified.task_name
            order by merged.last_seen_at desc, merged.run_id desc
        ) as recency
    from identified
    inner join merged
        on identified.source_name = merged.source_name and identified.openlineage_run_id = merged.run_id

),

dbt_nodes as (

    select
        *,
        'dbt' as platform
    from {{ ref('int_dbt_nodes__current') }}
    where resource_type in ('model', 'snapshot') and is_enabled

),

unioned as (

    select
        platform,
        platform_instance,
        pipeline_name,
        task_name,
        sql_md5,
        cast(null as text) as checksum
    from task_attempts
    where recency = 1
    union all
    select
        platform,
        source_name as platform_instance,
        project_name as pipeline_name,
        unique_id as task_name,
        cast(null as text) as sql_md5,
        checksum
    from dbt_nodes

),

final as (

    select
        {{ task_key('unioned') }} as task_key,
        cast(max(sql_md5) as text) as sql_md5,
        cast(max(checksum) as text) as checksum
    from unioned
    group by 1

)

select * from final
