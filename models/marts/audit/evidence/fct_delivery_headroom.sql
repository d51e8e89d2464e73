with

thresholds as (

    {{ subject_thresholds('DU01', ['window_days']) }}

),

pipelines as (

    select * from {{ ref('fct_pipeline_activity') }}

),

promised as (

    select
        pipelines.pipeline_key,
        {{ seconds_between('deliveries.expected_at', 'deliveries.due_at') }} as allowed_seconds,
        {{ seconds_between('deliveries.expected_at', 'deliveries.available_at') }} as taken_seconds,
        row_number() over (
            partition by pipelines.pipeline_key order by deliveries.expected_at desc, deliveries.delivery_key asc
        ) as position_from_last
    from pipelines
    {{ join_thresholds('pipelines.pipeline_key') }}
    inner join {{ ref('fct_deliveries') }} as deliveries on pipelines.pipeline_key = deliveries.pipeline_key
    where
        deliveries.service_level_key <> {{ unknown_key() }}
        and deliveries.available_at is not null
        and {{ seconds_between('deliveries.expected_at', 'pipelines.as_of_at') }}
        between 0 and {{ threshold('window_days') }} * 86400 / 3

),

final as (

    select
        cast(pipeline_key as uuid) as pipeline_key,
        cast(max(allowed_seconds) filter (where position_from_last = 1) as double precision) as allowed_seconds,
        cast(percentile_cont(0.5) within group (order by taken_seconds) as double precision) as taken_seconds
    from promised
    group by 1

)

select * from final
