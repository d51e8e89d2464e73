with

thresholds as (

    {{ audit_thresholds('AL02', ['inside_seconds', 'inside_percent', 'inside_runs']) }}

),

task_attempts as (

    select * from {{ ref('fct_task_attempts') }}

),

dbt_runs as (

    select
        runs.*,
        floor(extract(epoch from runs.started_at) / thresholds.inside_seconds) as slot,
        count(*) over (partition by runs.pipeline_key) as run_count,
        min(runs.started_at) over (partition by runs.pipeline_key) as first_started_at,
        bool_and(runs.parent_task_attempt_key = {{ unknown_key() }}) over (partition by runs.pipeline_key) as is_alone
    from {{ ref('fct_pipeline_runs') }} as runs
    inner join {{ ref('fct_pipeline_activity') }} as activity
        on runs.pipeline_key = activity.pipeline_key and activity.platform = 'dbt'
    cross join thresholds

),

-- What begins soon after a try began is in the slot of its beginning, or in the next one.
tries as (

    select
        attempts.*,
        floor(extract(epoch from attempts.started_at) / thresholds.inside_seconds) + slots.later as slot
    from task_attempts as attempts
    inner join {{ ref('fct_pipeline_activity') }} as activity
        on attempts.pipeline_key = activity.pipeline_key and activity.platform = 'airflow'
    cross join thresholds
    cross join (values (0), (1)) as slots (later)

),

-- A run that lies in a try of a task, and began soon after it. What a shell starts names no parent: these are runs of
-- projects of which no run says who started it.
pairs as (

    select
        dbt_runs.pipeline_run_key,
        dbt_runs.pipeline_key,
        dbt_runs.run_count,
        dbt_runs.first_started_at,
        tries.pipeline_key as outer_pipeline_key,
        tries.task_key,
        tries.task_attempt_key
    from dbt_runs
    cross join thresholds
    inner join tries on dbt_runs.slot = tries.slot
    where
        dbt_runs.is_alone
        and tries.ended_at >= dbt_runs.ended_at
        and {{ seconds_between('tries.started_at', 'dbt_runs.started_at') }} between 0 and thresholds.inside_seconds

),

tasks as (

    select
        pipeline_key,
        task_key,
        first_started_at,
        count(*) as pair_count
    from pairs
    group by 1, 2, 3

),

tallied as (

    select
        tasks.pipeline_key,
        tasks.task_key,
        tasks.pair_count,
        count(*) as attempt_count
    from tasks
    inner join task_attempts as attempts
        on tasks.task_key = attempts.task_key and tasks.first_started_at <= attempts.ended_at
    group by 1, 2, 3

),

-- Nearly each try of the task has one inside: a task that runs all the time has many by chance. And nearly each run of
-- the project lies inside of one pipeline.
chosen as (

    select
        pairs.*,
        count(*) over (partition by pairs.pipeline_key, pairs.outer_pipeline_key) as inside_count
    from pairs
    inner join tallied on pairs.pipeline_key = tallied.pipeline_key and pairs.task_key = tallied.task_key
    cross join thresholds
    where tallied.pair_count * 100 >= thresholds.inside_percent * tallied.attempt_count

),

final as (

    select
        cast(chosen.pipeline_run_key as uuid) as pipeline_run_key,
        cast(chosen.task_attempt_key as uuid) as task_attempt_key
    from chosen
    cross join thresholds
    where
        chosen.inside_count >= thresholds.inside_runs
        and chosen.inside_count * 100 >= thresholds.inside_percent * chosen.run_count

)

select * from final
