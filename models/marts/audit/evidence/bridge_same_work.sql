with

thresholds as (

    {{ subject_thresholds('DJ02', ['jaccard_percent', 'rows_percent', 'schedule_minutes']) }}

),

alike as (

    select
        alike.*,
        work.subject_name,
        kept.subject_name as kept_subject_name,
        greatest(work.first_written_at, kept.first_written_at) as since_at,
        abs(work.second_of_day - kept.second_of_day) as apart_seconds,
        abs(work.row_count - kept.row_count) * 100
        <= {{ threshold('rows_percent') }} * greatest(work.row_count, kept.row_count) as has_same_rows
    from {{ ref('bridge_alike_work') }} as alike
    {{ join_thresholds('alike.task_key') }}
    inner join {{ ref('fct_task_work') }} as work on alike.task_key = work.task_key
    inner join {{ ref('fct_task_work') }} as kept on alike.kept_task_key = kept.task_key

),

involved as (

    select task_key from alike
    union
    select kept_task_key as task_key from alike

),

written as (

    select distinct
        writes.task_key,
        writes.dataset_key
    from involved
    inner join {{ ref('fct_dataset_writes') }} as writes on involved.task_key = writes.task_key

),

-- Two that write one dataset are DJ01's.
shared as (

    select distinct alike.alike_work_key
    from alike
    inner join written on alike.task_key = written.task_key
    inner join written as kept_written
        on alike.kept_task_key = kept_written.task_key and written.dataset_key = kept_written.dataset_key

),

measured as (

    select
        alike.*,
        common_columns.common_count * 100.0 / common_columns.column_count as common_percent
    from alike
    left join shared on alike.alike_work_key = shared.alike_work_key
    left join {{ ref('bridge_common_columns') }} as common_columns
        on alike.alike_work_key = common_columns.alike_work_key
    where shared.alike_work_key is null

),

ranked as (

    select
        measured.*,
        row_number() over (
            partition by measured.task_key
            order by measured.grade asc, measured.kept_subject_name asc, measured.kept_task_key asc
        ) as place
    from measured
    {{ join_thresholds('measured.task_key') }}
    where
        measured.grade <> 'D4'
        or (
            measured.has_same_rows
            and measured.common_percent >= {{ threshold('jaccard_percent') }}
            and least(measured.apart_seconds, 86400 - measured.apart_seconds)
            <= {{ threshold('schedule_minutes') }} * 60
        )

),

final as (

    select
        cast(task_key as uuid) as task_key,
        cast(kept_task_key as uuid) as kept_task_key,
        cast(subject_name as text) as subject_name,
        cast(kept_subject_name as text) as kept_subject_name,
        cast(grade as text) as grade,
        cast(common_percent as double precision) as common_percent,
        cast(since_at as timestamp) as since_at
    from ranked
    where place = 1

)

select * from final
