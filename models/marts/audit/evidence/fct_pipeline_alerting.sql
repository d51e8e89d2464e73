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

rules as (

    select
        bridge.pipeline_key,
        bool_or(coalesce(rules.is_routed, false)) as is_routed,
        string_agg(rules.rule_name, ', ' order by rules.rule_name asc) as rule_names
    from {{ ref('bridge_pipeline_alert_rules') }} as bridge
    inner join {{ ref('dim_alert_rules_current') }} as rules on bridge.alert_rule_key = rules.alert_rule_key
    group by 1

),

graded as (

    select
        pipelines.*,
        rules.rule_names,
        case
            when pipelines.platform <> 'airflow' then 'unknown'
            when rules.is_routed then 'rule'
            when pipelines.has_failure_callback is null then 'unknown'
            when pipelines.task_count_without_failure_alerting is null then 'unknown'
            when pipelines.has_failure_callback then 'callback'
            when pipelines.has_deadline then 'deadline'
            when pipelines.task_count_without_failure_alerting = 0 then 'tasks'
            when rules.pipeline_key is not null then 'unknown'
            when pipelines.task_count_without_failure_alerting < pipelines.task_count then 'partial'
            else 'none'
        end as grade
    from pipelines
    left join rules on pipelines.pipeline_key = rules.pipeline_key

),

final as (

    select
        cast(graded.pipeline_key as uuid) as pipeline_key,
        cast(graded.grade as text) as grade,
        cast(graded.grade in ('rule', 'callback', 'deadline', 'tasks') as boolean) as is_alerted,
        cast(
            case
                when graded.grade = 'rule' then 'Alert rules fire when a run fails: ' || graded.rule_names || '.'
                when graded.grade = 'callback' then 'A failure callback of the DAG is called when a run fails.'
                when graded.grade = 'deadline' then 'A deadline alert tells of runs that are not done in time.'
                when graded.grade = 'tasks' then 'Every task has a failure callback or a failure e-mail.'
                when graded.grade = 'partial'
                    then 'Nobody hears when one of these tasks fails: '
                        || graded.tasks_without_failure_alerting || '.'
                when graded.grade = 'none'
                    then 'Nobody hears of a failure, as far as the metadata can tell.'
                when graded.rule_names is not null
                    then 'Alert rules fire when a run fails: ' || graded.rule_names || '; nothing says whom they reach.'
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
