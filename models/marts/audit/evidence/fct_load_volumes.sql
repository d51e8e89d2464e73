with

thresholds as (
    {{ subject_thresholds('SI04', [
        'window_days', 'minimum_slot_loads', 'minimum_loads', 'minimum_days', 'left_percent', 'robust_sigmas',
        'minimum_missing_rows'
    ]) }}
),

loads as (
    select
        loads.*,
        datasets.as_of_at,
        circumstances.load_number,
        circumstances.is_excused,
        circumstances.is_in_incident,
        baselines.is_comparable,
        baselines.history_count,
        baselines.history_low,
        baselines.spread,
        baselines.slot_count >= {{ threshold('minimum_slot_loads') }}
        and (
            baselines.history_count >= {{ threshold('minimum_loads') }}
            or {{ seconds_between('baselines.history_start_at', 'loads.loaded_for_at') }}
            >= {{ threshold('minimum_slot_loads') }} * {{ threshold('minimum_days') }} * 86400
        ) as has_slot_baseline,
        baselines.history_count >= {{ threshold('minimum_loads') }}
        and {{ seconds_between('baselines.history_start_at', 'loads.loaded_for_at') }}
        >= {{ threshold('minimum_days') }} * 86400 as has_history,
        case
            when baselines.slot_count >= {{ threshold('minimum_slot_loads') }} then baselines.slot_median
            else baselines.history_low
        end as usual_rows,
        max(loads.written_at) filter (where loads.is_replacement and loads.row_count > 0) over (
            partition by loads.dataset_key
        ) as replaced_at
    from {{ ref('fct_dataset_loads') }} as loads
    inner join {{ ref('fct_dataset_activity') }} as datasets on loads.dataset_key = datasets.dataset_key
    inner join {{ ref('fct_load_circumstances') }} as circumstances
        on loads.dataset_load_key = circumstances.dataset_load_key
    inner join {{ ref('fct_load_baselines') }} as baselines
        on loads.dataset_load_key = baselines.dataset_load_key
    {{ join_thresholds('loads.dataset_key') }}
),

judged as (
    select
        loads.*,
        loads.row_count is not null
        and (loads.has_slot_baseline or coalesce(loads.has_history, false)) as is_judged,
        coalesce(
            loads.is_comparable
            and (loads.has_slot_baseline or loads.has_history)
            and loads.row_count * 100 < {{ threshold('left_percent') }} * loads.usual_rows
            and loads.usual_rows - loads.row_count >= {{ threshold('minimum_missing_rows') }}
            and (
                not loads.has_slot_baseline
                or loads.row_count
                < loads.usual_rows * (1 - {{ threshold('robust_sigmas') }} * coalesce(loads.spread, 0))
            ),
            false
        ) as is_low
    from loads
    {{ join_thresholds('loads.dataset_key') }}
),

neighboured as (
    select
        *,
        lag(row_count) over counted_loads as rows_before,
        lead(row_count) over counted_loads as rows_after,
        coalesce(lag(is_low) over counted_loads, false) as is_low_before,
        coalesce(lead(is_low) over counted_loads, false) as is_low_after
    from judged
    window counted_loads as (partition by series, row_count is not null order by load_number)
),

final as (
    select
        cast(neighboured.dataset_load_key as uuid) as dataset_load_key,
        cast(neighboured.dataset_key as uuid) as dataset_key,
        cast(neighboured.task_key as uuid) as task_key,
        cast(neighboured.loaded_for_at as timestamp) as loaded_for_at,
        cast(neighboured.written_at as timestamp) as written_at,
        cast(neighboured.row_count as bigint) as row_count,
        cast(neighboured.usual_rows as double precision) as usual_rows,
        cast(neighboured.rows_before as bigint) as rows_before,
        cast(neighboured.rows_after as bigint) as rows_after,
        cast(neighboured.is_manual as boolean) as is_manual,
        cast(neighboured.is_replacement as boolean) as is_replacement,
        cast(
            {{ seconds_between('neighboured.written_at', 'neighboured.as_of_at') }}
            <= {{ threshold('window_days') }} * 86400 as boolean
        ) as is_recent,
        cast(coalesce(neighboured.replaced_at <= neighboured.written_at, true) as boolean) as is_standing,
        cast(neighboured.is_judged as boolean) as is_judged,
        cast(neighboured.is_low as boolean) as is_low,
        cast(
            coalesce(
                neighboured.is_low
                and not neighboured.is_low_before
                and not neighboured.is_low_after
                and neighboured.row_count * 100
                < {{ threshold('left_percent') }} * least(neighboured.rows_before, neighboured.rows_after)
                and neighboured.rows_before is not null
                and neighboured.rows_after is not null,
                false
            ) as boolean
        ) as is_dent
    from neighboured
    {{ join_thresholds('neighboured.dataset_key') }}
)

select * from final
