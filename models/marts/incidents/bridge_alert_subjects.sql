-- depends_on: {{ ref('dim_pipelines') }}
-- depends_on: {{ ref('dim_tasks') }}
-- depends_on: {{ ref('dim_datasets') }}
with

links as (

    select * from {{ ref('int_alert_subjects__linked') }}
    where signal_type = 'alert'

),

alerts as (

    select * from {{ ref('fct_alerts') }}

),

final as (

    select
        cast(links.alert_subject_key as uuid) as alert_subject_key,
        cast(links.signal_key as uuid) as alert_key,
        cast(links.subject_type as text) as subject_type,
        cast(links.pipeline_key as uuid) as pipeline_key,
        cast(
            case when links.subject_type = 'task' then links.subject_key else {{ unknown_key() }} end as uuid
        ) as task_key,
        cast(
            case when links.subject_type = 'dataset' then links.subject_key else {{ unknown_key() }} end as uuid
        ) as dataset_key,
        cast(links.link_method as text) as link_method,
        cast(links.is_ambiguous as boolean) as is_ambiguous
    from links
    inner join alerts on links.signal_key = alerts.alert_key

)

select * from final
