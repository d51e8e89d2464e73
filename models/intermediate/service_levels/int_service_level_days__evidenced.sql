{{ config(materialized='table') }}

{%- set held = {'service_level_version_key': 'uuid', 'slice_on': 'date', 'evidence': 'uuid'} %}
{%- set previous = previous_build_of('fct_service_level_slice_days', held.keys() | list) %}

with

bounded as (

    select * from {{ ref('int_service_level_days__bounded') }}

),

held as (

    select *
    from
        ({{ previous_rows(previous, held) }}
        ) as previous

),

-- The longest window of burn reaches seven days back, so a day follows from those too, of any version.
chained as (

    select
        *,
        cast(md5(string_agg(cast(own_evidence as text), ',') over (
            partition by service_level_key
            order by day_at, starts_at
            rows between 14 preceding and current row
        )) as uuid) as evidence
    from bounded

),

compared as (

    select
        chained.*,
        coalesce(held.evidence <> chained.evidence, true) as is_rebuilt
    from chained
    left join held
        on
            chained.service_level_version_key = held.service_level_version_key
            and cast(chained.day_at as date) = held.slice_on

),

final as (

    select
        cast(service_level_version_key as uuid) as service_level_version_key,
        cast(service_level_key as uuid) as service_level_key,
        cast(day_at as date) as evidenced_on,
        cast(dataset_key as uuid) as dataset_key,
        cast(target as double precision) as target,
        cast(limit_seconds as double precision) as limit_seconds,
        cast(time_slice_target as double precision) as time_slice_target,
        cast(starts_at as timestamp) as starts_at,
        cast(ends_at as timestamp) as ends_at,
        cast(first_updated_at as timestamp) as first_updated_at,
        cast(previous_updated_at as timestamp) as previous_updated_at,
        cast(evidence as uuid) as evidence,
        cast(is_rebuilt as boolean) as is_rebuilt,
        cast(
            max(case when is_rebuilt then 1 else 0 end) over (
                partition by service_level_key
                order by day_at
                range between current row and interval '7 days' following
            ) = 1 as boolean
        ) as is_read
    from compared

)

select * from final
