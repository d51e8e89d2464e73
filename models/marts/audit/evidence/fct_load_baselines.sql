with

thresholds as (

    {{ subject_thresholds('SI04', ['baseline_days', 'left_percent']) }}

),

loads as (

    select
        loads.*,
        circumstances.slot,
        circumstances.load_number,
        loads.loaded_for_at - {{ threshold('baseline_days') }} * interval '1 day' as baseline_start_at,
        loads.row_count is not null and not circumstances.is_excused and not circumstances.is_in_incident
            as is_comparable
    from {{ ref('fct_dataset_loads') }} as loads
    inner join {{ ref('fct_load_circumstances') }} as circumstances
        on loads.dataset_load_key = circumstances.dataset_load_key
    {{ join_thresholds('loads.dataset_key') }}

),

comparable_loads as (

    select * from loads
    where is_comparable

),

first_medians as (

    select
        loads.dataset_load_key,
        percentile_cont(0.5) within group (order by earlier.row_count) as slot_median
    from loads
    inner join comparable_loads as earlier
        on
            loads.series = earlier.series and loads.slot = earlier.slot
            and loads.load_number > earlier.load_number
            and loads.baseline_start_at <= earlier.loaded_for_at
    group by 1

),

-- A load far below what its slot had before is no example of what is usual, until most of its slot is like that.
compared as (

    select
        loads.*,
        loads.row_count / nullif(first_medians.slot_median, 0) as ratio,
        loads.is_comparable
        and not coalesce(loads.row_count * 100 < {{ threshold('left_percent') }} * first_medians.slot_median, false)
            as is_example
    from loads
    {{ join_thresholds('loads.dataset_key') }}
    left join first_medians on loads.dataset_load_key = first_medians.dataset_load_key

),

examples as (

    select * from compared
    where is_example

),

spreads as (

    select
        series,
        percentile_cont(0.75) within group (order by ratio) as upper_ratio,
        percentile_cont(0.25) within group (order by ratio) as lower_ratio
    from examples
    group by 1

),

slot_baselines as (

    select
        loads.dataset_load_key,
        count(*) as slot_count,
        percentile_cont(0.5) within group (order by examples.row_count) as slot_median
    from loads
    inner join examples
        on
            loads.series = examples.series and loads.slot = examples.slot
            and loads.load_number > examples.load_number
            and loads.baseline_start_at <= examples.loaded_for_at
    group by 1

),

final as (

    select
        cast(compared.dataset_load_key as uuid) as dataset_load_key,
        cast(compared.is_comparable as boolean) as is_comparable,
        cast(coalesce(slot_baselines.slot_count, 0) as bigint) as slot_count,
        cast(slot_baselines.slot_median as double precision) as slot_median,
        cast((spreads.upper_ratio - spreads.lower_ratio) / 1.349 as double precision) as spread,
        cast(count(*) filter (where compared.is_example) over earlier_loads as bigint) as history_count,
        cast(min(compared.row_count) filter (where compared.is_example) over earlier_loads as bigint) as history_low,
        cast(max(compared.row_count) filter (where compared.is_example) over earlier_loads as bigint) as history_high,
        cast(min(compared.loaded_for_at) filter (where compared.is_example) over earlier_loads as timestamp)
            as history_start_at
    from compared
    left join slot_baselines on compared.dataset_load_key = slot_baselines.dataset_load_key
    left join spreads on compared.series = spreads.series
    window earlier_loads as (
        partition by compared.series order by compared.load_number
        rows between unbounded preceding and 1 preceding
    )

)

select * from final
