with

task_attempts as (

    select * from {{ ref('fct_task_attempts') }}
    where try_number > 0

),

tries as (

    select
        *,
        row_number() over (
            partition by task_key, pipeline_run_key, map_index
            order by try_number desc, task_attempt_key asc
        ) as position_from_last,
        count(*) over (partition by task_key, pipeline_run_key, map_index) as known_tries
    from task_attempts

),

-- Airflow before 2.10 keeps no earlier tries: there the number of the last one tells of them.
final as (

    select
        {{ surrogate_key(['task_key', 'pipeline_run_key']) }} as task_run_key,
        cast(task_key as uuid) as task_key,
        cast(pipeline_run_key as uuid) as pipeline_run_key,
        cast(pipeline_key as uuid) as pipeline_key,
        cast(max(run_id) as text) as run_id,
        cast(min(started_at) as timestamp) as started_at,
        cast(max(try_number) as integer) as last_try_number,
        cast(
            bool_and(state in ('success', 'failed', 'upstream_failed', 'skipped', 'removed', 'lost'))
            filter (where position_from_last = 1) as boolean
        ) as has_ended,
        cast(
            coalesce(
                bool_and(state = 'success') filter (where position_from_last = 1 and state <> 'skipped'), false
            ) as boolean
        ) as has_ended_well,
        cast(
            coalesce(bool_or(
                (position_from_last > 1 and state in ('failed', 'up_for_retry'))
                or (position_from_last = 1 and try_number > 1 and known_tries = 1)
            ), false) as boolean
        ) as was_tried_again
    from tries
    group by task_key, pipeline_run_key, pipeline_key

)

select * from final
