with tasks as (
    select * from {{ ref('int_airflow_tasks__configured') }}
    where not is_removed
),

-- A DAG's owner is the one of most of its tasks; the default airflow counts only where nobody is named.
owners_ranked as (
    select
        source_name,
        dag_id,
        owner,
        row_number() over (
            partition by source_name, dag_id
            order by case when owner = 'airflow' then 1 else 0 end, count(*) desc, owner collate "C"
        ) as owner_rank
    from tasks
    group by source_name, dag_id, owner
),

owners as (
    select
        source_name,
        dag_id,
        max(case when owner_rank = 1 then owner end) as owner,
        string_agg(owner, ', ' order by owner collate "C") as owners
    from owners_ranked
    group by source_name, dag_id
),

counted as (
    select
        source_name,
        dag_id,
        count(*) as task_count,
        count(*) filter (where is_mapped) as mapped_task_count,
        count(*) filter (where is_sensor) as sensor_count,
        count(*) filter (where not has_failure_alerting) as tasks_without_alerting_count,
        string_agg(case when not has_failure_alerting then task_id end, ', ' order by task_id collate "C")
            as tasks_without_alerting
    from tasks
    group by source_name, dag_id
),

final as (
    select
        cast(counted.source_name as text) as source_name,
        cast(counted.dag_id as text) as dag_id,
        cast(owners.owner as text) as owner,
        cast(owners.owners as text) as owners,
        cast(counted.task_count as bigint) as task_count,
        cast(counted.mapped_task_count as bigint) as mapped_task_count,
        cast(counted.sensor_count as bigint) as sensor_count,
        cast(counted.tasks_without_alerting_count as bigint) as tasks_without_alerting_count,
        cast(counted.tasks_without_alerting as text) as tasks_without_alerting
    from counted
    inner join owners
        on
            counted.source_name = owners.source_name
            and counted.dag_id = owners.dag_id
)

select * from final
