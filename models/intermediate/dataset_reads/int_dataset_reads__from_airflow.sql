with inlets as (
    select * from {{ ref('int_airflow_inlets__unpacked') }}
),

serialized_dags as (
    select * from {{ ref('int_airflow_serialized_dags__dated') }}
),

attempts as (
    select * from {{ ref('int_task_attempts__from_airflow') }}
    where state = 'success'
),

dag_runs as (
    select * from {{ ref('stg_airflow__dag_runs') }}
),

dag_run_asset_events as (
    select * from {{ ref('stg_airflow__dag_run_asset_events') }}
),

asset_events as (
    select * from {{ ref('stg_airflow__asset_events') }}
),

assets as (
    select * from {{ ref('stg_airflow__assets') }}
),

named as (
    select * from {{ ref('int_airflow_assets__named') }}
),

-- A successful try read the inlets that its task had at the time.
read_by_tasks as (
    select
        attempts.source_name,
        attempts.pipeline_name,
        attempts.run_id,
        attempts.task_name,
        attempts.attempt_id,
        inlets.uri,
        attempts.started_at as occurred_at,
        true as is_successful
    from attempts
    inner join inlets
        on
            attempts.source_name = inlets.source_name
            and attempts.pipeline_name = inlets.dag_id
            and attempts.task_name = inlets.task_id
    inner join serialized_dags
        on
            inlets.source_name = serialized_dags.source_name
            and inlets.dag_id = serialized_dags.dag_id
            and inlets.serialized_at = serialized_dags.serialized_at
            and attempts.started_at >= serialized_dags.valid_from
            and attempts.started_at < serialized_dags.valid_to
),

-- A run that assets triggered read them, whichever of its tasks did.
read_by_runs as (
    select
        dag_runs.source_name,
        dag_runs.dag_id as pipeline_name,
        dag_runs.run_id,
        cast(null as text) as task_name,
        cast(null as text) as attempt_id,
        assets.uri,
        coalesce(dag_runs.started_at, dag_runs.queued_at) as occurred_at,
        bool_or(dag_runs.state = 'success') as is_successful
    from dag_run_asset_events
    inner join dag_runs
        on
            dag_run_asset_events.source_name = dag_runs.source_name
            and dag_run_asset_events.dag_run_id = dag_runs.dag_run_id
    inner join asset_events
        on
            dag_run_asset_events.source_name = asset_events.source_name
            and dag_run_asset_events.asset_model = asset_events.asset_model
            and dag_run_asset_events.asset_event_id = asset_events.asset_event_id
    inner join assets
        on
            asset_events.source_name = assets.source_name
            and asset_events.asset_model = assets.asset_model
            and asset_events.asset_id = assets.asset_id
    group by 1, 2, 3, 6, 7
),

unioned as (
    select * from read_by_tasks
    union all
    select * from read_by_runs
),

final as (
    select
        cast('airflow' as text) as platform,
        cast(unioned.source_name as text) as platform_instance,
        cast(unioned.pipeline_name as text) as pipeline_name,
        cast(unioned.run_id as text) as run_id,
        cast(unioned.task_name as text) as task_name,
        cast(unioned.attempt_id as text) as attempt_id,
        cast(named.dataset_namespace as text) as dataset_namespace,
        cast(named.dataset_name as text) as dataset_name,
        cast('airflow' as text) as feed,
        cast(unioned.source_name as text) as source_name,
        cast(unioned.occurred_at as timestamp) as occurred_at,
        cast(null as bigint) as row_count,
        cast(null as bigint) as byte_count,
        cast(null as bigint) as file_count,
        cast(null as text) as operation,
        cast(unioned.is_successful as boolean) as is_successful
    from unioned
    inner join named
        on
            unioned.source_name = named.source_name
            and unioned.uri = named.uri
)

select * from final
