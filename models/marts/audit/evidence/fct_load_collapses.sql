with

thresholds as (

    {{ subject_thresholds('SI04', ['check_hours']) }}

),

-- No rows at all are SI01's, and one interval that is small between two that are not is SI07's.
collapses as (

    select * from {{ ref('fct_load_volumes') }}
    where
        is_low
        and not is_dent
        and row_count > 0
        and is_recent
        and is_standing

),

failed_checks as (

    select
        dataset_key,
        executed_at
    from {{ ref('fct_check_results') }}
    where outcome in ('warn', 'fail')

),

caught as (

    select distinct collapses.dataset_load_key
    from collapses
    {{ join_thresholds('collapses.dataset_key') }}
    inner join failed_checks
        on
            collapses.dataset_key = failed_checks.dataset_key
            and collapses.written_at <= failed_checks.executed_at
            and collapses.written_at + {{ threshold('check_hours') }} * interval '1 hour' >= failed_checks.executed_at

),

final as (

    select
        cast(collapses.dataset_load_key as uuid) as dataset_load_key,
        cast(collapses.dataset_key as uuid) as dataset_key,
        cast(collapses.loaded_for_at as timestamp) as loaded_for_at,
        cast(collapses.written_at as timestamp) as written_at,
        cast(collapses.row_count as bigint) as row_count,
        cast(collapses.usual_rows as double precision) as usual_rows,
        cast(caught.dataset_load_key is not null as boolean) as is_caught
    from collapses
    left join caught on collapses.dataset_load_key = caught.dataset_load_key

)

select * from final
