with

thresholds as (

    {{ audit_thresholds('AL02', ['inside_seconds', 'inside_percent', 'inside_runs']) }}

),

activity as (

    select * from {{ ref('fct_pipeline_activity') }}

),

task_attempts as (

    select * from {{ ref('fct_task_attempts') }}

),

-- What a shell starts names no parent: runs of dbt projects of which no run says who started it.
alone as (

    select
        runs.pipeline_key,
        count(*) as run_count,
        min(runs.started_at) as first_started_at
    from {{ ref('fct_pipeline_runs') }} as runs
    inner join activity on runs.pipeline_key = activity.pipeline_key and activity.platform = 'dbt'
    group by 1
    having bool_and(runs.parent_task_attempt_key = {{ unknown_key() }})

),

-- A run that lies in a try of a task, and began soon after it.
pairs as (

    select
        runs.pipeline_run_key,
        runs.pipeline_key,
        alone.run_count,
        attempts.pipeline_key as outer_pipeline_key,
        attempts.task_key,
        attempts.task_attempt_key
    from alone
    cross join thresholds
    inner join {{ ref('fct_pipeline_runs') }} as runs on alone.pipeline_key = runs.pipeline_key
    inner join task_attempts as attempts
        on date_trunc('hour', runs.started_at) = date_trunc('hour', attempts.started_at)
    inner join activity on attempts.pipeline_key = activity.pipeline_key and activity.platform = 'airflow'
    where
        attempts.ended_at >= runs.ended_at
        and {{ seconds_between('attempts.started_at', 'runs.started_at') }} between 0 and thresholds.inside_seconds

),

tasks as (

    select distinct
        pipeline_key,
        task_key
    from pairs

),

task_tallies as (

    select
        alone.pipeline_key,
        attempts.task_key,
        count(*) as attempt_count
    from alone
    inner join tasks on alone.pipeline_key = tasks.pipeline_key
    inner join task_attempts as attempts
        on tasks.task_key = attempts.task_key and alone.first_started_at <= attempts.ended_at
    group by 1, 2

),

-- Nearly each try of the task has one inside: a task that runs all the time has many by chance.
tallied as (

    select
        pairs.*,
        task_tallies.attempt_count,
        count(*) over (partition by pairs.pipeline_key, pairs.task_key) as pair_count
    from pairs
    inner join task_tallies
        on pairs.pipeline_key = task_tallies.pipeline_key and pairs.task_key = task_tallies.task_key

),

-- Nearly each run of the project lies inside of one pipeline.
chosen as (

    select
        tallied.*,
        count(*) over (partition by tallied.pipeline_key, tallied.outer_pipeline_key) as inside_count
    from tallied
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
    group by 1, 2

)

select * from final
