{{ config(access='protected') }}

with

service_levels as (

    select * from {{ ref('dim_service_levels') }}
    where is_measured and not is_retired

),

slices as (

    select * from {{ ref('fct_service_level_slices') }}

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
        coalesce(
            deliveries.expected_at + service_levels.limit_seconds * interval '1 second', deliveries.next_expected_at
        ) as due_at
    from service_levels
    inner join deliveries
        on
            service_levels.pipeline_key = deliveries.pipeline_key
            and {{ held_at('service_levels', 'deliveries.expected_at') }}
    inner join as_of on deliveries.source_name = as_of.source_name
    where service_levels.measure = 'deliveries'

),

{% set no_burns -%}
    {%- for window in burn_windows() %}
        cast(null as double precision) as burn_{{ window.name }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endset %}

units as (

    select
        service_level_key,
        service_level_version_key,
        target,
        expected_on as tallied_on,
        case
            when available_at <= due_at then 'good'
            when excuse is not null then 'excused'
            when state = 'cannot_tell' then 'cannot_tell'
            when available_at is null and as_of_at < due_at then 'pending'
            else 'bad'
        end as state,
        {{ no_burns }}
    from held
    union all
    select
        service_levels.service_level_key,
        service_levels.service_level_version_key,
        service_levels.target,
        slices.slice_on as tallied_on,
        slices.state,
        {%- for window in burn_windows() %}
        least(slices.burn_{{ window.long_hours }}h, slices.burn_{{ window.short_hours }}h) as burn_{{ window.name }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from slices
    inner join service_levels on slices.service_level_version_key = service_levels.service_level_version_key

),

final as (

    select
        cast(service_level_version_key as uuid) as service_level_version_key,
        cast(service_level_key as uuid) as service_level_key,
        cast(tallied_on as date) as tallied_on,
        cast(count(*) filter (where state = 'good') as bigint) as good_count,
        cast(count(*) filter (where state = 'bad') as bigint) as bad_count,
        cast(count(*) filter (where state = 'excused') as bigint) as excused_count,
        cast(count(*) filter (where state = 'cannot_tell') as bigint) as cannot_tell_count,
        cast(count(*) filter (where state = 'pending') as bigint) as pending_count,
        cast(count(*) filter (where state in ('good', 'bad')) * (1 - max(target)) as double precision)
            as budget_count,
    {%- for window in burn_windows() %}
        cast(max(burn_{{ window.name }}) as double precision) as burn_{{ window.name }}
        {{- ',' if not loop.last }}
    {%- endfor %}
    from units
    {{ only_retained(['cast(tallied_on as timestamp)']) }}
    group by 1, 2, 3

)

select * from final
