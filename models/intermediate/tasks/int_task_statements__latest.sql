with

task_attempts as (

    select
        *,
        row_number() over (
            partition by platform, platform_instance, pipeline_name, task_name
            order by last_seen_at desc, openlineage_run_id desc
        ) as recency
    from {{ ref('int_task_attempts__from_openlineage') }}
    where sql_md5 is not null

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
