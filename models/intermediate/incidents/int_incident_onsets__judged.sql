{{ config(materialized='table') }}

with

incidents as (

    select * from {{ ref('int_incidents__resolved') }}

),

signals as (

    select * from {{ ref('int_incident_signals__judged') }}

),

bad_runs as (

    select * from {{ ref('int_incident_onsets__by_run') }}

),

late_writes as (

    select * from {{ ref('int_incident_onsets__by_write') }}

),

candidates as (

    select
        incidents.incident_key,
        'declared' as onset_method,
        1 as precedence,
        incidents.onset_at
    from incidents
    inner join signals on incidents.incident_key = signals.incident_key
    where incidents.onset_at <= signals.detected_at
    union all
    select
        incident_key,
        'first_bad_run' as onset_method,
        2 as precedence,
        onset_at
    from bad_runs
    union all
    select
        incident_key,
        'last_good_write' as onset_method,
        3 as precedence,
        onset_at
    from late_writes
    union all
    select
        incident_key,
        'reported' as onset_method,
        4 as precedence,
        detected_at as onset_at
    from signals

),

ranked as (

    select
        *,
        row_number() over (partition by incident_key order by precedence asc, onset_at asc) as candidate_number
    from candidates

),

final as (

    select
        cast(incident_key as uuid) as incident_key,
        cast(onset_method as text) as onset_method,
        cast(onset_at as timestamp) as onset_at
    from ranked
    where candidate_number = 1

)

select * from final
