{{ config(access='protected') }}

with

service_levels as (
    select * from {{ ref('dim_service_levels') }}
    where is_measured and not is_retired
),

slice_days as (
    select * from {{ ref('fct_service_level_slice_days') }}
),

deliveries as (
    select * from {{ ref('fct_deliveries') }}
),

as_of as (
    select * from {{ ref('int_sources__as_of') }}
),

-- A delivery that was promised several times is held to each promise.
held as (
    select
        service_levels.service_level_key,
        service_levels.service_level_version_key,
        service_levels.target,
        deliveries.expected_on,
        deliveries.state,
        deliveries.excuse,
        deliveries.available_at,
        as_of.as_of_at,
        case
            when service_levels.dataset_key <> {{ unknown_key() }} then deliveries.due_at
            when service_levels.limit_seconds is null then deliveries.next_expected_at
            else deliveries.expected_at + service_levels.limit_seconds * interval '1 second'
        end as due_at
    from service_levels
    inner join deliveries
        on
            service_levels.pipeline_key = deliveries.pipeline_key
            -- What is expected of a dataset is expected by one promise.
            and (
                service_levels.pipeline_key <> {{ unknown_key() }}
                or service_levels.service_level_key = deliveries.service_level_key
            )
            and {{ held_at('service_levels', 'deliveries.expected_at') }}
    left join as_of on deliveries.source_name = as_of.source_name
    where service_levels.measure = 'deliveries'
),

counted as (
    select
        service_level_key,
        service_level_version_key,
        target,
        expected_on as tallied_on,
        case
            when available_at <= due_at then 'good'
            when excuse is not null then 'excused'
            when state = 'cannot_tell' then 'cannot_tell'
            when state = 'pending' or (available_at is null and as_of_at < due_at) then 'pending'
            else 'bad'
        end as state
    from held
),

tallied as (
    select
        service_level_version_key,
        service_level_key,
        target,
        tallied_on,
        count(*) filter (where state = 'good') as good_count,
        count(*) filter (where state = 'bad') as bad_count,
        count(*) filter (where state = 'excused') as excused_count,
        count(*) filter (where state = 'cannot_tell') as cannot_tell_count,
        count(*) filter (where state = 'pending') as pending_count,
    {%- for pair in burn_windows() %}
        cast(null as double precision) as burn_{{ pair.name }}{{ ',' if not loop.last }}
    {%- endfor %}
    from counted
    group by 1, 2, 3, 4
    union all
    select
        slice_days.service_level_version_key,
        service_levels.service_level_key,
        service_levels.target,
        slice_days.slice_on as tallied_on,
        slice_days.good_count,
        slice_days.bad_count,
        slice_days.excused_count,
        slice_days.cannot_tell_count,
        0 as pending_count,
    {%- for pair in burn_windows() %}
        slice_days.burn_{{ pair.name }}{{ ',' if not loop.last }}
    {%- endfor %}
    from slice_days
    inner join service_levels on slice_days.service_level_version_key = service_levels.service_level_version_key
),

final as (
    select
        cast(service_level_version_key as uuid) as service_level_version_key,
        cast(service_level_key as uuid) as service_level_key,
        cast(tallied_on as date) as tallied_on,
        {%- for name in ['good', 'bad', 'excused', 'cannot_tell', 'pending'] %}
            cast({{ name }}_count as bigint) as {{ name }}_count,
        {%- endfor %}
        cast(cast((good_count + bad_count) * (1 - target) as numeric(28, 9)) as double precision) as budget_count,
    {%- for pair in burn_windows() %}
        cast(burn_{{ pair.name }} as double precision) as burn_{{ pair.name }}{{ ',' if not loop.last }}
    {%- endfor %}
    from tallied
    {{ only_retained(['cast(tallied_on as timestamp)']) }}
)

select * from final
