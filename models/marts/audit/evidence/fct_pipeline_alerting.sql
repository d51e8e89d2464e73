with

pipelines as (

    select * from {{ ref('dim_pipelines_current') }}
    where not is_unknown and is_retired is not true

),

alerted_versions as (

    select
        pipeline_key,
        max(valid_to) as alerted_until
    from {{ ref('dim_pipelines') }}
    where
        (has_failure_callback or has_deadline or task_count_without_failure_alerting = 0)
        and not is_current
        and is_retired is not true
    group by 1

),

graded as (

    select
        *,
        case
            when platform <> 'airflow' then 'unknown'
            when has_failure_callback is null or task_count_without_failure_alerting is null then 'unknown'
            when has_failure_callback then 'callback'
            when has_deadline then 'deadline'
            when task_count_without_failure_alerting = 0 then 'tasks'
            when task_count_without_failure_alerting < task_count then 'partial'
            else 'none'
        end as grade
    from pipelines

),

final as (

    select
        cast(graded.pipeline_key as uuid) as pipeline_key,
        cast(graded.grade as text) as grade,
        cast(graded.grade in ('callback', 'deadline', 'tasks') as boolean) as is_alerted,
        cast(
            case
                when graded.grade = 'callback' then 'A failure callback of the DAG is called when a run fails.'
                when graded.grade = 'deadline' then 'A deadline alert tells of runs that are not done in time.'
                when graded.grade = 'tasks' then 'Every task has a failure callback or a failure e-mail.'
                when graded.grade = 'partial'
                    then 'Nobody hears when one of these tasks fails: '
                        || graded.tasks_without_failure_alerting || '.'
                when graded.grade = 'none'
                    then 'Nobody hears of a failure, as far as the metadata can tell.'
                when graded.platform = 'airflow' then 'The serialized definition of the DAG is not loaded.'
                else 'Its metadata does not say who is told of failures.'
            end as text
        ) as explanation,
        cast(graded.task_count as integer) as task_count,
        cast(graded.task_count_without_failure_alerting as integer) as task_count_without_failure_alerting,
        cast(graded.tasks_without_failure_alerting as text) as tasks_without_failure_alerting,
        cast(
            case when graded.grade in ('none', 'partial') then alerted_versions.alerted_until end as timestamp
        ) as unalerted_since
    from graded
    left join alerted_versions on graded.pipeline_key = alerted_versions.pipeline_key

)

select * from final
