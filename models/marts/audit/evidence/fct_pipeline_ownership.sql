with

pipelines as (

    select * from {{ ref('dim_pipelines_current') }}
    where not is_unknown and is_retired is not true

),

owned_tasks as (

    select
        pipeline_key,
        count(*) as task_count,
        count(*) filter (where owner is not null) as owned_task_count,
        bool_or(not is_inferred) as is_described
    from {{ ref('dim_tasks_current') }}
    where not is_unknown and is_retired is not true
    group by 1

),

owned_versions as (

    select
        pipeline_key,
        max(valid_to) as owned_until
    from {{ ref('dim_pipelines') }}
    where
        owner is not null
        and not is_current
        and is_retired is not true
    group by 1

),

-- A producer that names the owner of one job could have named this one's.
naming_producers as (

    select distinct
        source_name,
        platform_instance
    from pipelines
    where
        platform = 'openlineage'
        and owner is not null

),

graded as (

    select
        pipelines.*,
        coalesce(owned_tasks.task_count, 0) as known_task_count,
        coalesce(owned_tasks.owned_task_count, 0) as owned_task_count,
        owned_versions.owned_until,
        case
            when pipelines.owner is not null then 'owned'
            when owned_tasks.owned_task_count > 0 then 'owned in part'
            when pipelines.platform = 'airflow' and not pipelines.is_inferred then 'unowned'
            when pipelines.platform = 'dbt' and owned_tasks.is_described then 'unowned'
            when naming_producers.source_name is not null then 'unowned'
            else 'unknown'
        end as grade
    from pipelines
    left join owned_tasks on pipelines.pipeline_key = owned_tasks.pipeline_key
    left join owned_versions on pipelines.pipeline_key = owned_versions.pipeline_key
    left join naming_producers
        on
            pipelines.source_name = naming_producers.source_name
            and pipelines.platform_instance = naming_producers.platform_instance
            and pipelines.platform = 'openlineage'

),

final as (

    select
        cast(pipeline_key as uuid) as pipeline_key,
        cast(grade as text) as grade,
        cast(owner as text) as owner,
        cast(reported_owner as text) as reported_owner,
        cast(
            case grade
                when 'owned' then 'Its owner is ' || owner || '.'
                when 'owned in part' then owned_task_count || ' of its ' || known_task_count || ' tasks have an owner.'
                when 'unowned'
                    then 'Nobody owns it'
                        || coalesce(': its owner is the default, ' || reported_owner, '') || '.'
                else 'Its metadata does not speak of owners.'
            end as text
        ) as explanation,
        cast(known_task_count as bigint) as task_count,
        cast(owned_task_count as bigint) as owned_task_count,
        cast(case when grade = 'unowned' then owned_until end as timestamp) as unowned_since
    from graded

)

select * from final
