with

thresholds as (

    {{ subject_thresholds('AL01', ['window_days']) }}

),

pipelines as (

    select * from {{ ref('fct_pipeline_activity') }}

),

alerting as (

    select * from {{ ref('fct_pipeline_alerting') }}

),

enclosures as (

    select * from {{ ref('bridge_pipeline_enclosures') }}

),

-- A run that fails inside another pipeline's task fails that task: who hears of the one hears of the other.
enclosed as (

    select
        pipelines.pipeline_key,
        string_agg(outer_pipelines.pipeline_name, ', ' order by outer_pipelines.pipeline_name) as outer_names,
        bool_and(alerting.is_alerted) as is_alerted
    from pipelines
    {{ join_thresholds('pipelines.pipeline_key') }}
    inner join enclosures
        on
            pipelines.pipeline_key = enclosures.inner_pipeline_key
            and {{ threshold('window_days') }} >= enclosures.days_since_last_run
    inner join alerting on enclosures.outer_pipeline_key = alerting.pipeline_key
    inner join pipelines as outer_pipelines on enclosures.outer_pipeline_key = outer_pipelines.pipeline_key
    where coalesce(pipelines.days_since_last_run_alone > {{ threshold('window_days') }}, true)
    group by 1

),

judged as (

    select
        pipelines.pipeline_key,
        pipelines.pipeline_name,
        pipelines.source_name,
        pipelines.team_key,
        pipelines.as_of_at,
        pipelines.last_run_at,
        enclosed.outer_names,
        {{ threshold('window_days') }} as window_days,
        case
            when pipelines.is_gone then 'Not active: its definition is gone.'
            when pipelines.is_paused then 'Not active: it is paused.'
            when not pipelines.is_due and coalesce(pipelines.days_since_last_run > {{ threshold('window_days') }}, true)
                then 'Not active: it neither ran nor was due lately.'
            when alerting.grade = 'unknown' and enclosed.is_alerted
                then 'It runs only inside ' || enclosed.outer_names || ', whose failures reach somebody.'
        end as clearance
    from pipelines
    inner join alerting on pipelines.pipeline_key = alerting.pipeline_key
    left join enclosed on pipelines.pipeline_key = enclosed.pipeline_key
    {{ join_thresholds('pipelines.pipeline_key') }}

),

final as (

    select
        {{ audit_subject('AL01', 'pipeline', 'judged') }},
        cast(
            case
                when judged.clearance is not null or alerting.is_alerted then 'clear'
                when alerting.grade = 'unknown' then 'cannot_tell'
                else 'finding'
            end as text
        ) as verdict,
        cast(
            coalesce(
                judged.clearance,
                case
                    when alerting.grade = 'unknown' and judged.outer_names is not null
                        then 'It runs only inside ' || judged.outer_names || ': what is found there holds here.'
                end,
                alerting.explanation
            ) as text
        ) as reason,
        {{ json_object({
            'alerting': 'alerting.grade',
            'task_count': 'alerting.task_count',
            'task_count_without_failure_alerting': 'alerting.task_count_without_failure_alerting',
            'tasks_without_failure_alerting': 'alerting.tasks_without_failure_alerting',
            'runs_only_inside': 'judged.outer_names',
            'last_run_at': "cast(date_trunc('second', judged.last_run_at) as text)",
            'window_days': json_number('judged.window_days'),
        }) }} as evidence,
        cast(alerting.unalerted_since as timestamp) as onset_at,
        cast(judged.as_of_at as timestamp) as as_of_at
    from judged
    inner join alerting on judged.pipeline_key = alerting.pipeline_key

)

select * from final
