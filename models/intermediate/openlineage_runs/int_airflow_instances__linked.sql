with

runs as (

    select * from {{ ref('int_openlineage_runs__merged') }}
    where airflow_dag_id is not null

),

task_instances as (

    select * from {{ ref('stg_airflow__task_instances') }}

),

task_instance_history as (

    select * from {{ ref('stg_airflow__task_instance_history') }}

),

dag_runs as (

    select * from {{ ref('stg_airflow__dag_runs') }}

),

known as (

    select
        source_name,
        dag_id,
        run_id,
        task_id,
        map_index,
        try_number,
        started_at
    from task_instances

    union all

    select
        source_name,
        dag_id,
        run_id,
        task_id,
        map_index,
        try_number,
        started_at
    from task_instance_history

    union all

    select
        source_name,
        dag_id,
        run_id,
        '' as task_id,
        -1 as map_index,
        0 as try_number,
        started_at
    from dag_runs

),

-- Two instances may have the same DAGs and run ids, so names alone prove nothing; the start does.
compared as (

    select
        runs.source_name,
        runs.job_namespace,
        known.source_name as airflow_source_name,
        count(*) as matched_count,
        count(*) filter (
            where abs({{ seconds_between('known.started_at', 'runs.started_at') }}) <= 1
        ) as matched_start_count
    from runs
    inner join known
        on
            runs.airflow_dag_id = known.dag_id
            and runs.airflow_run_id = known.run_id
            and coalesce(runs.airflow_task_id, '') = known.task_id
            and coalesce(runs.airflow_map_index, -1) = known.map_index
            and coalesce(runs.airflow_try_number, 0) = known.try_number
    group by 1, 2, 3

),

ranked as (

    select
        *,
        row_number() over (
            partition by source_name, job_namespace
            order by matched_start_count desc, matched_count desc, airflow_source_name asc
        ) as place
    from compared
    where matched_start_count > 0

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(job_namespace as text) as job_namespace,
        cast(airflow_source_name as text) as airflow_source_name,
        cast(matched_count as bigint) as matched_count,
        cast(matched_start_count as bigint) as matched_start_count
    from ranked
    where place = 1

)

select * from final
