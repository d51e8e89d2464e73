with

incidents as (

    select * from {{ ref('int_incident_signals__judged') }}

),

subjects as (

    select * from {{ ref('int_incident_subjects__linked') }}
    where
        subject_type = 'dataset'
        and not is_ambiguous

),

writes as (

    select * from {{ ref('int_dataset_writes__resolved') }}
    where is_successful

),

writes_before as (

    select
        incidents.incident_key,
        incidents.detected_at,
        writes.dataset_key,
        writes.written_at,
        lag(writes.written_at) over (
            partition by incidents.incident_key, writes.dataset_key order by writes.written_at, writes.dataset_write_key
        ) as written_before_at
    from incidents
    inner join subjects on incidents.incident_key = subjects.incident_key
    inner join writes
        on
            subjects.subject_key = writes.dataset_key
            and incidents.detected_at >= writes.written_at

),

intervals as (

    select
        incident_key,
        dataset_key,
        max(detected_at) as detected_at,
        max(written_at) as written_at,
        percentile_cont(0.5) within group (
            order by {{ seconds_between('written_before_at', 'written_at') }}
        ) as interval_seconds
    from writes_before
    group by 1, 2
    having count(written_before_at) >= {{ var('onset_minimum_intervals') }}

),

final as (

    select
        cast(incident_key as uuid) as incident_key,
        cast(dataset_key as uuid) as dataset_key,
        cast(written_at as timestamp) as written_at,
        cast(interval_seconds as double precision) as interval_seconds,
        cast(
            {{ from_epoch('cast((extract(epoch from written_at) + interval_seconds) * 1000000 as bigint)') }}
            as timestamp
        ) as onset_at
    from intervals
    -- Data that is not late yet was not what was wrong.
    where {{ seconds_between('written_at', 'detected_at') }} >= interval_seconds

)

select * from final
