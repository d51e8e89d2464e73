with

records as (

    select * from {{ ref('int_alert_records__latest') }}
    where record_type in ('incident', 'report')

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(case when record_type = 'report' then 'report/' || tool else tool end as text) as tool,
        cast(source_name as text) as tool_instance,
        cast(record_id as text) as incident_id,
        -- A report that names an incident is one of its signals; any other is an incident that a human found.
        cast(case when record_type = 'report' then incident_id end as text) as of_incident_id,
        cast(null as text) as merged_into_incident_id,
        cast(title as text) as title,
        cast(service as text) as service,
        cast(severity as text) as severity,
        cast(labels as text) as labels,
        cast(case when record_type = 'report' then 'human' else opened_by end as text) as opened_by,
        cast(cause as text) as cause,
        cast(onset_at as timestamp) as onset_at,
        cast(occurred_at as timestamp) as opened_at,
        cast(acknowledged_at as timestamp) as acknowledged_at,
        cast(resolved_at as timestamp) as resolved_at,
        cast(last_heard_at as timestamp) as last_heard_at
    from records

)

select * from final
