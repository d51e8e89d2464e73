with

thresholds as (

    {{ subject_thresholds('SI07', ['made_up_percent']) }}

),

volumes as (

    select * from {{ ref('fct_load_volumes') }}

),

missing as (

    select * from {{ ref('fct_missing_intervals') }}

),

-- A job that loads what is new since it last ran loads it all at its next turn.
gaps as (

    select
        missing.dataset_key,
        missing.task_key,
        'missing' as gap_kind,
        missing.expected_at as interval_at,
        cast(null as bigint) as row_count,
        volumes.row_count as rows_after,
        volumes.usual_rows,
        volumes.row_count * 100 >= {{ threshold('made_up_percent') }} * volumes.usual_rows as is_made_up
    from missing
    {{ join_thresholds('missing.dataset_key') }}
    inner join volumes on missing.dataset_load_key = volumes.dataset_load_key
    union all
    select
        dataset_key,
        task_key,
        'truncated' as gap_kind,
        loaded_for_at as interval_at,
        row_count,
        rows_after,
        usual_rows,
        false as is_made_up
    from volumes
    where is_dent and row_count > 0 and is_recent and is_standing

),

final as (

    select
        {{ surrogate_key(['dataset_key', 'task_key', 'gap_kind', 'interval_at']) }} as interval_gap_key,
        cast(dataset_key as uuid) as dataset_key,
        cast(task_key as uuid) as task_key,
        cast(gap_kind as text) as gap_kind,
        cast(interval_at as timestamp) as interval_at,
        cast(row_count as bigint) as row_count,
        cast(rows_after as bigint) as rows_after,
        cast(usual_rows as double precision) as usual_rows,
        cast(is_made_up as boolean) as is_made_up
    from gaps

)

select * from final
