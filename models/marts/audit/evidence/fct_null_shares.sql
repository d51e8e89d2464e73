with

thresholds as (

    {{ subject_thresholds('SI08', [
        'window_days', 'baseline_measurements', 'minimum_measurements', 'rise_points', 'robust_sigmas'
    ]) }}

),

as_of as (

    select * from {{ ref('int_sources__as_of') }}

),

measurements as (

    select * from {{ ref('fct_column_measurements') }}

),

recent as (

    select
        measurements.*,
        as_of.as_of_at
    from measurements
    inner join as_of on measurements.source_name = as_of.source_name
    {{ join_thresholds('measurements.dataset_key') }}
    where
        {{ seconds_between('measurements.measured_at', 'as_of.as_of_at') }}
        between 0 and {{ threshold('window_days') }} * 86400

),

examples as (

    select * from measurements
    where is_example

),

baselines as (

    select
        recent.column_measurement_key,
        count(*) as baseline_count,
        percentile_cont(0.5) within group (order by examples.null_percent) as median,
        percentile_cont(0.75) within group (order by examples.null_percent) as upper_quartile,
        percentile_cont(0.25) within group (order by examples.null_percent) as lower_quartile
    from recent
    {{ join_thresholds('recent.dataset_key') }}
    inner join examples
        on
            recent.column_key = examples.column_key
            and recent.example_count > examples.example_count
            and recent.example_count <= examples.example_count + {{ threshold('baseline_measurements') }}
    group by 1

),

final as (

    select
        cast(recent.column_measurement_key as uuid) as column_measurement_key,
        cast(recent.column_key as uuid) as column_key,
        cast(recent.dataset_key as uuid) as dataset_key,
        cast(recent.measured_at as timestamp) as measured_at,
        cast(recent.row_count as bigint) as row_count,
        cast(recent.null_percent as double precision) as null_percent,
        cast(baselines.median as double precision) as usual_percent,
        cast(coalesce(baselines.baseline_count >= {{ threshold('minimum_measurements') }}, false) as boolean)
            as is_judged,
        cast(
            coalesce(
                baselines.baseline_count >= {{ threshold('minimum_measurements') }}
                and recent.null_percent >= baselines.median + {{ threshold('rise_points') }}
                and recent.null_percent
                > baselines.median
                + {{ threshold('robust_sigmas') }} * (baselines.upper_quartile - baselines.lower_quartile) / 1.349,
                false
            ) as boolean
        ) as is_exploded,
        cast(recent.as_of_at as timestamp) as as_of_at
    from recent
    {{ join_thresholds('recent.dataset_key') }}
    left join baselines on recent.column_measurement_key = baselines.column_measurement_key

)

select * from final
