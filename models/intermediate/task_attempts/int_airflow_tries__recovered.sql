with task_fails as (
    select * from {{ ref('stg_airflow__task_fails') }}
),

recorded as (
    select * from {{ ref('int_airflow_tries__recorded') }}
),

unexplained as (
    select task_fails.*
    from task_fails
    left join recorded as of_start
        on
            task_fails.source_name = of_start.source_name
            and task_fails.dag_id = of_start.dag_id
            and task_fails.run_id = of_start.run_id
            and task_fails.task_id = of_start.task_id
            and task_fails.map_index = of_start.map_index
            and task_fails.started_at = of_start.started_at
    left join recorded as of_end
        on
            task_fails.source_name = of_end.source_name
            and task_fails.dag_id = of_end.dag_id
            and task_fails.run_id = of_end.run_id
            and task_fails.task_id = of_end.task_id
            and task_fails.map_index = of_end.map_index
            and task_fails.failed_at = of_end.ended_at
    where
        of_start.source_name is null
        and of_end.source_name is null
),

first_recorded as (
    select
        source_name,
        dag_id,
        run_id,
        task_id,
        map_index,
        min(try_number) as try_number
    from recorded
    group by source_name, dag_id, run_id, task_id, map_index
),

ranked as (
    select
        *,
        row_number() over (
            partition by source_name, dag_id, run_id, task_id, map_index
            order by coalesce(failed_at, started_at, cast('1900-01-01' as timestamp)), task_fail_id collate "C"
        ) as from_first,
        row_number() over (
            partition by source_name, dag_id, run_id, task_id, map_index
            order by
                coalesce(failed_at, started_at, cast('1900-01-01' as timestamp)) desc, task_fail_id collate "C" desc
        ) as from_last
    from unexplained
),

-- A failure has no number of its own: it is counted back from the first try that is recorded.
numbered as (
    select
        ranked.*,
        coalesce(first_recorded.try_number - ranked.from_last, ranked.from_first) as try_number
    from ranked
    left join first_recorded
        on
            ranked.source_name = first_recorded.source_name
            and ranked.dag_id = first_recorded.dag_id
            and ranked.run_id = first_recorded.run_id
            and ranked.task_id = first_recorded.task_id
            and ranked.map_index = first_recorded.map_index
),

final as (
    select
        cast(source_name as text) as source_name,
        cast(dag_id as text) as dag_id,
        cast(run_id as text) as run_id,
        cast(task_id as text) as task_id,
        cast(map_index as integer) as map_index,
        cast(try_number as integer) as try_number,
        cast(null as text) as operator,
        cast(null as timestamp) as queued_at,
        cast(started_at as timestamp) as started_at,
        cast(failed_at as timestamp) as ended_at,
        cast(null as timestamp) as last_heartbeat_at,
        cast('failed' as text) as state,
        cast(null as text) as job_id,
        cast(false as boolean) as is_final_attempt
    from numbered
    where try_number >= 1
)

select * from final
