with events as (

    select * from {{ ref('stg_openlineage__events') }}

),

event_datasets as (

    select * from {{ ref('stg_openlineage__event_datasets') }}

),

final as (

    select
        cast(events.dbt_invocation_id as text) as invocation_id,
        cast(events.dbt_project_name as text) as project_name,
        cast(events.dbt_unique_id as text) as unique_id,
        cast(event_datasets.role as text) as role,
        cast(event_datasets.dataset_namespace as text) as dataset_namespace,
        cast(event_datasets.dataset_name as text) as dataset_name,
        cast(count(*) as bigint) as sighting_count
    from events
    inner join event_datasets on events.event_key = event_datasets.event_key
    where events.dbt_invocation_id is not null or events.dbt_project_name is not null
    group by
        events.dbt_invocation_id, events.dbt_project_name, events.dbt_unique_id, event_datasets.role,
        event_datasets.dataset_namespace, event_datasets.dataset_name

)

select * from final
