with

thresholds as (
    {{ subject_thresholds('SI09', ['least_percent', 'most_percent', 'steady_percent', 'flat_percent']) }}
),

minimums as (
    {{ subject_thresholds('SI04', ['minimum_slot_loads', 'minimum_loads', 'robust_sigmas']) }}
),

-- Without enough loads of the weekday, loads that hardly differ say what is usual of any day.
loads as (
    select
        loads.*,
        volumes.is_recent and volumes.is_standing and baselines.is_comparable as is_judged,
        coalesce(baselines.spread, 0) as spread,
        100 * (1 + {{ threshold('robust_sigmas', 'minimums') }} * coalesce(baselines.spread, 0)) as varying_percent,
        loads.row_count * 100.0
        / case
            when baselines.slot_count >= {{ threshold('minimum_slot_loads', 'minimums') }}
                then nullif(baselines.slot_median, 0)
            when
                baselines.history_count >= {{ threshold('minimum_loads', 'minimums') }}
                and baselines.history_high * 100 <= {{ threshold('steady_percent') }} * baselines.history_low
                then nullif((baselines.history_high + baselines.history_low) / 2.0, 0)
        end as percent_of_usual
    from {{ ref('fct_dataset_loads') }} as loads
    inner join {{ ref('fct_load_baselines') }} as baselines on loads.dataset_load_key = baselines.dataset_load_key
    inner join {{ ref('fct_load_volumes') }} as volumes on loads.dataset_load_key = volumes.dataset_load_key
    {{ join_thresholds('loads.dataset_key') }}
    {{ join_thresholds('loads.dataset_key', 'minimums') }}
),

-- Twice the usual varies as the usual does.
doubled as (
    select loads.*
    from loads
    {{ join_thresholds('loads.dataset_key') }}
    where
        loads.is_judged
        and loads.percent_of_usual > loads.varying_percent
        and loads.percent_of_usual
        between {{ threshold('least_percent') }} * (1 - loads.spread)
        and {{ threshold('most_percent') }} * (1 + loads.spread)
),

inputs as (
    select distinct
        doubled.dataset_load_key,
        doubled.written_at,
        reads.dataset_key
    from doubled
    inner join {{ ref('fct_dataset_reads') }} as reads
        on
            doubled.pipeline_run_key = reads.pipeline_run_key
            and doubled.task_key = reads.task_key
            and doubled.dataset_key <> reads.dataset_key
),

-- What each input last got before.
input_loads as (
    select
        inputs.dataset_load_key,
        inputs.dataset_key,
        loads.percent_of_usual,
        row_number() over (
            partition by inputs.dataset_load_key, inputs.dataset_key
            order by loads.written_at desc, loads.dataset_load_key asc
        ) as position_from_last
    from inputs
    left join loads
        on
            inputs.dataset_key = loads.dataset_key
            and inputs.written_at >= loads.written_at
),

input_tallies as (
    select
        dataset_load_key,
        count(*) as input_count,
        count(percent_of_usual) as known_count,
        max(percent_of_usual) as most_percent
    from input_loads
    where position_from_last = 1
    group by 1
),

final as (
    select
        cast(doubled.dataset_load_key as uuid) as dataset_load_key,
        cast(doubled.dataset_key as uuid) as dataset_key,
        cast(doubled.loaded_for_at as timestamp) as loaded_for_at,
        cast(doubled.written_at as timestamp) as written_at,
        cast(doubled.row_count as bigint) as row_count,
        cast(doubled.percent_of_usual as double precision) as percent_of_usual,
        cast(input_tallies.most_percent as double precision) as inputs_percent_of_usual,
        cast(
            case
                when input_tallies.most_percent >= {{ threshold('flat_percent') }} then false
                when input_tallies.known_count = input_tallies.input_count then true
            end as boolean
        ) as has_flat_inputs
    from doubled
    {{ join_thresholds('doubled.dataset_key') }}
    left join input_tallies on doubled.dataset_load_key = input_tallies.dataset_load_key
)

select * from final
