with

thresholds as (

    {{ subject_thresholds('FR01', ['budget_minutes', 'low_tier_minutes', 'low_tier']) }}

),

-- Excused hours neither end a breach nor begin one. A delivery that came late ended its own.
points as (

    select
        service_level_key,
        service_level_version_key,
        'age' as measure,
        slice_at as point_at,
        state = 'bad' as is_bad,
        state = 'good' as is_end,
        slice_at + (3600 - stale_seconds) * interval '1 second' as onset_at,
        slice_at + interval '1 hour' as ended_at,
        cast(null as timestamp) as expected_at
    from {{ ref('fct_service_level_slices') }}
    where state in ('good', 'bad')
    union all
    select
        service_level_key,
        service_level_version_key,
        'deliveries' as measure,
        expected_at as point_at,
        state in ('late', 'missed') as is_bad,
        state <> 'missed' as is_end,
        due_at as onset_at,
        case when state = 'late' then available_at end as ended_at,
        expected_at
    from {{ ref('fct_deliveries') }}
    where dataset_key <> {{ unknown_key() }} and state in ('kept', 'late', 'missed', 'cannot_tell')

),

compared as (

    select
        *,
        coalesce(lag(is_end) over (partition by service_level_key order by point_at), true) as is_first
    from points

),

numbered as (

    select
        *,
        sum(case when is_bad and is_first then 1 else 0 end) over (
            partition by service_level_key
            order by point_at
            rows between unbounded preceding and current row
        ) as breach_number,
        max(point_at) over (partition by service_level_key) as last_point_at
    from compared

),

breaches as (

    select
        service_level_key,
        measure,
        breach_number,
        (array_agg(service_level_version_key order by point_at))[1] as service_level_version_key,
        min(onset_at) as onset_at,
        min(expected_at) as expected_at,
        max(point_at) as last_bad_at,
        case when measure = 'deliveries' or max(point_at) < max(last_point_at) then max(ended_at) end as ended_at
    from numbered
    where is_bad
    group by 1, 2, 3

),

final as (

    select
        {{ surrogate_key([
            'breaches.service_level_key', 'cast(extract(epoch from breaches.onset_at) * 1000000 as bigint)'
        ]) }} as freshness_breach_key,
        cast(service_levels.dataset_key as uuid) as dataset_key,
        cast(breaches.service_level_key as uuid) as service_level_key,
        cast(service_levels.service_level_name as text) as service_level_name,
        cast(breaches.measure as text) as measure,
        cast(breaches.onset_at as timestamp) as onset_at,
        -- What was told since the last write tells why the next one is missing.
        cast(
            coalesce(
                breaches.expected_at,
                breaches.onset_at - service_levels.limit_seconds * interval '1 second',
                breaches.onset_at
            ) as timestamp
        ) as missing_since,
        cast(breaches.last_bad_at as timestamp) as last_bad_at,
        cast(breaches.ended_at as timestamp) as ended_at,
        cast({{ told_within_seconds('assets.tier') }} as double precision) as budget_seconds,
        cast(datasets.as_of_at as timestamp) as as_of_at
    from breaches
    inner join {{ ref('dim_service_levels') }} as service_levels
        on breaches.service_level_version_key = service_levels.service_level_version_key
    {{ join_thresholds('service_levels.dataset_key') }}
    inner join {{ ref('fct_dataset_activity') }} as datasets on service_levels.dataset_key = datasets.dataset_key
    left join {{ ref('int_registry_assets__matched') }} as assets on service_levels.dataset_key = assets.subject_key

)

select * from final
