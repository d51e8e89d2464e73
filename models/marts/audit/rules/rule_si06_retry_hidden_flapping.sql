with

thresholds as (

    {{ subject_thresholds('SI06', ['window_days', 'minimum_runs', 'retried_percent']) }}

),

pipelines as (

    select * from {{ ref('fct_pipeline_activity') }}

),

-- Sensors and reschedules try again by design; a dbt node is never retried within its run.
tasks as (

    select
        tasks.*,
        pipelines.is_gone,
        pipelines.as_of_at
    from {{ ref('dim_tasks_current') }} as tasks
    inner join pipelines on tasks.pipeline_key = pipelines.pipeline_key
    where
        tasks.platform <> 'dbt'
        and tasks.is_retired is not true
        and not coalesce(tasks.is_sensor, false)
        and not coalesce(tasks.is_reschedule, false)

),

-- After a clear nobody can say which tries were retries.
task_runs as (

    select
        task_runs.*,
        task_runs.was_tried_again and task_runs.has_ended_well as is_saved
    from {{ ref('fct_task_runs') }} as task_runs
    inner join {{ ref('fct_pipeline_runs') }} as pipeline_runs
        on task_runs.pipeline_run_key = pipeline_runs.pipeline_run_key
    where
        task_runs.has_ended
        and coalesce(pipeline_runs.clear_number, 0) = 0

),

tallies as (

    select
        tasks.task_key,
        count(*) as run_count,
        count(*) filter (where task_runs.is_saved) as saved_count,
        min(task_runs.started_at) filter (where task_runs.is_saved) as first_saved_at,
        (array_agg(task_runs.run_id order by task_runs.started_at desc, task_runs.run_id asc) filter (
            where task_runs.is_saved
        ))[1:10] as run_ids
    from tasks
    inner join task_runs on tasks.task_key = task_runs.task_key
    {{ join_thresholds('tasks.task_key') }}
    where {{ seconds_between('task_runs.started_at', 'tasks.as_of_at') }}
        between 0 and {{ threshold('window_days') }} * 86400
    group by 1

),

judged as (

    select
        tasks.*,
        {{ threshold_columns(['window_days', 'minimum_runs', 'retried_percent']) }},
        tallies.first_saved_at,
        tallies.run_ids,
        coalesce(tallies.run_count, 0) as run_count,
        coalesce(tallies.saved_count, 0) as saved_count,
        floor(100.0 * tallies.saved_count / tallies.run_count) as saved_percent,
        case
            when tasks.is_gone then 'clear'
            when tasks.platform = 'openlineage' then 'cannot_tell'
            when coalesce(tallies.run_count, 0) < {{ threshold('minimum_runs') }} then 'cannot_tell'
            when tallies.saved_count * 100 >= {{ threshold('retried_percent') }} * tallies.run_count then 'finding'
            else 'clear'
        end as verdict
    from tasks
    left join tallies on tasks.task_key = tallies.task_key
    {{ join_thresholds('tasks.task_key') }}

),

final as (

    select
        {{ audit_subject('SI06', 'task', 'judged') }},
        cast(verdict as text) as verdict,
        cast(
            case
                when is_gone then 'Not active: the definition of its pipeline is gone.'
                when platform = 'openlineage' then 'Its producer does not number the tries of a run.'
                when verdict = 'cannot_tell'
                    then run_count || ' runs ended lately, too few to say how often a retry is needed.'
                else saved_count || ' of ' || run_count || ' runs (' || cast(saved_percent as integer)
                    || ' %) ended well only after a failed try.'
            end as text
        ) as reason,
        {{ json_object({
            'runs': 'run_count',
            'runs_saved_by_a_retry': 'saved_count',
            'percent': json_number('saved_percent'),
            'run_ids': 'run_ids',
            'retried_percent': json_number('retried_percent'),
            'minimum_runs': json_number('minimum_runs'),
            'window_days': json_number('window_days'),
        }) }} as evidence,
        cast(case when verdict = 'finding' then first_saved_at end as timestamp) as onset_at,
        cast(as_of_at as timestamp) as as_of_at
    from judged

)

select * from final
