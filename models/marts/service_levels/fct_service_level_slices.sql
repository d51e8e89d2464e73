-- depends_on: {{ ref('dim_service_levels') }}
{{ config(
    materialized='incremental',
    unique_key=['service_level_version_key', 'slice_on'],
    pre_hook="{{ prepare_slices() }}",
) }}

{%- set hours = [] %}
{%- for window in burn_windows() %}
    {%- do hours.extend([window.short_hours, window.long_hours]) %}
{%- endfor %}
{%- set hours = hours | unique | sort %}

with

judged as (

    select * from {{ ref('int_service_level_slices__judged') }}

),

-- Sums from the beginning on; what a window holds is the difference of two of them.
summed as (

    select
        *,
        sum(case when state = 'bad' and target is not null then 1 else 0 end) over so_far as bad_sum,
        sum(case when state in ('good', 'bad') then coalesce(1 - target, 0) else 0 end) over so_far as budget_sum
    from judged
    window so_far as (
        partition by service_level_key order by slice_at rows between unbounded preceding and current row
    )

),

windowed as (

    select
        *,
    {%- for length in hours %}
        bad_sum - lag(bad_sum, {{ length }}, 0) over by_time as bad_{{ length }}h,
        budget_sum - lag(budget_sum, {{ length }}, 0) over by_time as budget_{{ length }}h
        {{- ',' if not loop.last }}
    {%- endfor %}
    from summed
    window by_time as (partition by service_level_key order by slice_at)

),

rebuilt as (

    select * from windowed
    where is_rebuilt

),

final as (

    select
        cast(service_level_key as uuid) as service_level_key,
        cast(service_level_version_key as uuid) as service_level_version_key,
        cast(dataset_key as uuid) as dataset_key,
        cast(slice_on as date) as slice_on,
        cast(slice_at as timestamp) as slice_at,
        cast(state as text) as state,
        cast(stale_seconds as double precision) as stale_seconds,
        {%- for length in hours %}
        -- Sums of fractions are a little off.
            cast(
                case
                    when budget_{{ length }}h > 0.000001
                        then floor(bad_{{ length }}h / budget_{{ length }}h * 1000000 + 0.5) / 1000000
                end as double precision
            ) as burn_{{ length }}h,
        {%- endfor %}
        cast(evidence as uuid) as evidence
    from rebuilt
    {{ only_retained(['slice_at']) }}

)

select * from final
