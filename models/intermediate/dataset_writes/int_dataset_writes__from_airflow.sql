with asset_events as (
    select * from {{ ref('stg_airflow__asset_events') }}
),

assets as (
    select * from {{ ref('stg_airflow__assets') }}
),

named as (
    select * from {{ ref('int_airflow_assets__named') }}
),

attempts as (
    select * from {{ ref('int_task_attempts__from_airflow') }}
),

-- An event does not say which try wrote it: it is the last one that had started by then.
matched as (
    select
        asset_events.*,
        attempts.attempt_id,
        row_number() over (
            partition by asset_events.source_name, asset_events.asset_model, asset_events.asset_event_id
            order by attempts.try_number desc
        ) as match_rank
    from asset_events
    left join attempts
        on
            asset_events.source_name = attempts.source_name
            and asset_events.dag_id = attempts.pipeline_name
            and asset_events.run_id = attempts.run_id
            and asset_events.task_id = attempts.task_name
            and asset_events.map_index = attempts.map_index
            and asset_events.occurred_at >= attempts.started_at
),

final as (
    select
        cast('airflow' as text) as platform,
        cast(matched.source_name as text) as platform_instance,
        cast(matched.dag_id as text) as pipeline_name,
        cast(matched.run_id as text) as run_id,
        cast(matched.task_id as text) as task_name,
        cast(matched.attempt_id as text) as attempt_id,
        cast(named.dataset_namespace as text) as dataset_namespace,
        cast(named.dataset_name as text) as dataset_name,
        cast('airflow' as text) as feed,
        cast(matched.source_name as text) as source_name,
        cast(matched.occurred_at as timestamp) as occurred_at,
        cast(null as bigint) as row_count,
        cast(null as bigint) as byte_count,
        cast(null as bigint) as file_count,
        cast(null as text) as operation,
        cast(true as boolean) as is_successful,
        cast(matched.asset_model || ':' || matched.asset_event_id as text) as asset_event_id
    from matched
    inner join assets
        on
            matched.source_name = assets.source_name
            and matched.asset_model = assets.asset_model
            and matched.asset_id = assets.asset_id
    inner join named
        on
            assets.source_name = named.source_name
            and assets.uri = named.uri
    where matched.match_rank = 1
)

select * from final
