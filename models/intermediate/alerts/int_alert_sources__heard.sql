with

alerts as (

    select * from {{ ref('int_alerts__resolved') }}

),

incidents as (

    select * from {{ ref('int_incidents__resolved') }}

),

loads as (

    select
        source_name,
        max(ended_at) as read_until
    from {{ ref('stg_plumbline__loads') }}
    where state in ('loaded', 'unchanged')
    group by 1

),

-- A scheduler that tells of late runs only would not tell of a failure.
instants as (

    select
        source_name,
        fired_at as heard_at
    from alerts
    where tool <> 'airflow'
    union all
    select
        source_name,
        acknowledged_at as heard_at
    from alerts
    where tool <> 'airflow'
    union all
    select
        source_name,
        last_heard_at as heard_at
    from alerts
    where tool <> 'airflow'
    union all
    select
        source_name,
        opened_at as heard_at
    from incidents
    union all
    select
        source_name,
        acknowledged_at as heard_at
    from incidents
    union all
    select
        source_name,
        last_heard_at as heard_at
    from incidents

),

final as (

    select
        cast(instants.source_name as text) as source_name,
        cast(instants.heard_at as date) as heard_on,
        cast(min(instants.heard_at) as timestamp) as first_heard_at,
        cast(max(instants.heard_at) as timestamp) as last_heard_at,
        cast(max(loads.read_until) as timestamp) as read_until
    from instants
    left join loads on instants.source_name = loads.source_name
    where instants.heard_at is not null
    group by 1, 2

)

select * from final
