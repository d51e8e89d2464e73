with task_instances as (
    select * from {{ ref('stg_airflow__task_instances') }}
),

task_instance_history as (
    select * from {{ ref('stg_airflow__task_instance_history') }}
),

unioned as (
    select
        source_name,
        dag_id,
        run_id,
        task_id,
        map_index,
        try_number,
        operator,
        queued_at,
        started_at,
        ended_at,
        last_heartbeat_at,
        state,
        job_id,
        true as is_final_attempt
    from task_instances

    union all

    select
        source_name,
        dag_id,
        run_id,
        task_id,
        map_index,
        try_number,
        operator,
        queued_at,
        started_at,
        ended_at,
        last_heartbeat_at,
        state,
        job_id,
        false as is_final_attempt
    from task_instance_history
),

-- While a task waits for its next try, task_instance still has the number of the try that history holds.
ranked as (
    select
        *,
        row_number() over (
            partition by source_name, dag_id, run_id, task_id, map_index, try_number
            order by is_final_attempt
        ) as preference
    from unioned
),

final as (
    select
        cast(source_name as text) as source_name,
        cast(dag_id as text) as dag_id,
        cast(run_id as text) as run_id,
        cast(task_id as text) as task_id,
        cast(map_index as integer) as map_index,
        cast(try_number as integer) as try_number,
        cast(operator as text) as operator,
        cast(queued_at as timestamp) as queued_at,
        cast(started_at as timestamp) as started_at,
        cast(ended_at as timestamp) as ended_at,
        cast(last_heartbeat_at as timestamp) as last_heartbeat_at,
        cast(state as text) as state,
        cast(job_id as text) as job_id,
        cast(is_final_attempt as boolean) as is_final_attempt
    from ranked
    where preference = 1
)

select * from final
