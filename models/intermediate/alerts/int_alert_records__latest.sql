with

records as (

    select * from {{ ref('stg_alerts__records') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by source_name, record_type, tool, record_id
            order by
                updated_at desc nulls last, loaded_at desc, source_file desc, document_number desc, delivery_key desc
        ) as recency
    from records

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(record_type as text) as record_type,
        cast(tool as text) as tool,
        cast(record_id as text) as record_id,
        cast(incident_id as text) as incident_id,
        cast(rule as text) as rule_name,
        cast(title as text) as title,
        cast(service as text) as service,
        cast(severity as text) as severity,
        cast(channel as text) as channel,
        cast(case when lower(opened_by) in ('monitor', 'human') then lower(opened_by) end as text) as opened_by,
        cast(cause as text) as cause,
        cast(runbook_url as text) as runbook_url,
        cast(labels as text) as labels,
        cast(notification_count as bigint) as notification_count,
        cast(occurred_at as timestamp) as occurred_at,
        cast(onset_at as timestamp) as onset_at,
        cast(acknowledged_at as timestamp) as acknowledged_at,
        cast(resolved_at as timestamp) as resolved_at,
        cast(greatest(occurred_at, acknowledged_at, resolved_at, updated_at) as timestamp) as last_heard_at
    from ranked
    where recency = 1

)

select * from final
