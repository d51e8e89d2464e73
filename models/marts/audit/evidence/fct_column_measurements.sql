with

thresholds as (

    {{ subject_thresholds('SI08', ['reference_measurements', 'minimum_rows', 'rise_points']) }}

),

datasets as (

    select * from {{ ref('int_datasets__resolved') }}

),

columns as (

    select * from {{ ref('dim_columns') }}

),

-- A share of few rows is chance.
measured as (

    select
        columns.column_key,
        columns.dataset_key,
        measurements.source_name,
        measurements.event_at as measured_at,
        max(measurements.row_count) as row_count,
        max(measurements.null_count * 100.0 / measurements.row_count) as null_percent
    from {{ ref('int_column_measurements__from_openlineage') }} as measurements
    inner join datasets
        on
            measurements.dataset_namespace = datasets.dataset_namespace
            and measurements.dataset_name = datasets.dataset_name
    inner join columns
        on datasets.dataset_key = columns.dataset_key and measurements.column_name = columns.column_name
    {{ join_thresholds('columns.dataset_key') }}
    where measurements.row_count >= {{ threshold('minimum_rows') }}
    group by 1, 2, 3, 4

),

numbered as (

    select
        *,
        row_number() over (partition by column_key order by measured_at, source_name) as measurement_number
    from measured

),

lower_quartiles as (

    select
        numbered.column_key,
        numbered.measurement_number,
        percentile_cont(0.25) within group (order by earlier.null_percent) as lower_quartile
    from numbered
    {{ join_thresholds('numbered.dataset_key') }}
    inner join numbered as earlier
        on
            numbered.column_key = earlier.column_key
            and numbered.measurement_number > earlier.measurement_number
            and numbered.measurement_number <= earlier.measurement_number + {{ threshold('reference_measurements') }}
    group by 1, 2

),

-- What had risen itself is no example of what is usual, until three of four are like that.
compared as (

    select
        numbered.*,
        coalesce(numbered.null_percent < lower_quartiles.lower_quartile + {{ threshold('rise_points') }}, true)
            as is_example
    from numbered
    {{ join_thresholds('numbered.dataset_key') }}
    left join lower_quartiles
        on
            numbered.column_key = lower_quartiles.column_key
            and numbered.measurement_number = lower_quartiles.measurement_number

),

final as (

    select
        {{ surrogate_key(['column_key', 'measurement_number']) }} as column_measurement_key,
        cast(column_key as uuid) as column_key,
        cast(dataset_key as uuid) as dataset_key,
        cast(source_name as text) as source_name,
        cast(measured_at as timestamp) as measured_at,
        cast(row_count as bigint) as row_count,
        cast(null_percent as double precision) as null_percent,
        cast(is_example as boolean) as is_example,
        cast(count(*) filter (where is_example) over (
            partition by column_key order by measurement_number rows between unbounded preceding and 1 preceding
        ) as bigint) as example_count
    from compared

)

select * from final
