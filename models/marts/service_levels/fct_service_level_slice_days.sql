{{ config(
    materialized='incremental',
    unique_key=['service_level_version_key', 'slice_on'],
    access='protected',
    pre_hook="{{ prepare_slices() if is_incremental() }}",
) }}

{%- set held = ['service_level_version_key', 'slice_on', 'evidence'] %}

with

slices as (

    select * from {{ ref('fct_service_level_slices') }}

),

evidenced as (

    select * from {{ ref('int_service_level_days__evidenced') }}

),

changed as (

    select
        service_level_version_key,
        evidenced_on
    from evidenced
    {%- if is_incremental() %}
        where not {{ is_among(['service_level_version_key', 'evidenced_on', 'evidence'], this, held) }}
    {%- endif %}

),

tallied as (

    select
        slices.service_level_version_key,
        slices.slice_on,
        count(*) filter (where slices.state = 'good') as good_count,
        count(*) filter (where slices.state = 'bad') as bad_count,
        count(*) filter (where slices.state = 'excused') as excused_count,
        count(*) filter (where slices.state = 'cannot_tell') as cannot_tell_count,
        -- All slices of a day have one evidence.
        min(cast(slices.evidence as text)) as evidence,
    {%- for pair in burn_windows() %}
        max(least(slices.burn_{{ pair.long_hours }}h, slices.burn_{{ pair.short_hours }}h)) as burn_{{ pair.name }}
        {{- ',' if not loop.last }}
    {%- endfor %}
    from slices
    inner join changed
        on
            slices.service_level_version_key = changed.service_level_version_key
            and slices.slice_on = changed.evidenced_on
    group by 1, 2

),

final as (

    select
        cast(service_level_version_key as uuid) as service_level_version_key,
        cast(slice_on as date) as slice_on,
        cast(good_count as bigint) as good_count,
        cast(bad_count as bigint) as bad_count,
        cast(excused_count as bigint) as excused_count,
        cast(cannot_tell_count as bigint) as cannot_tell_count,
        {%- for pair in burn_windows() %}
            cast(burn_{{ pair.name }} as double precision) as burn_{{ pair.name }},
        {%- endfor %}
        cast(evidence as uuid) as evidence
    from tallied
    {{ only_retained(['cast(slice_on as timestamp)']) }}

)

select * from final
