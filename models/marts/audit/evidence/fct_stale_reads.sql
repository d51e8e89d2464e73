with

thresholds as (

    {{ audit_thresholds('SI05', ['minimum_reads', 'changed_percent', 'slot_percent', 'slot_reads', 'always_percent']) }}

),

reads as (

    select
        *,
        previous_read_at is not null and last_written_at is not null as is_compared,
        coalesce(last_written_at > previous_read_at, false) as is_changed
    from {{ ref('fct_input_reads') }}

),

counted as (

    select
        *,
        count(*) filter (where is_changed) over in_order as changed_count,
        count(*) filter (where is_compared) over in_order as compared_count,
        count(*) filter (where is_changed) over of_slot as slot_changed_count,
        count(*) filter (where is_compared) over of_slot as slot_compared_count
    from reads
    window
        in_order as (
            partition by dataset_key, task_key order by read_at, input_read_key
            rows between unbounded preceding and current row
        ),
        of_slot as (
            partition by dataset_key, task_key, slot order by read_at, input_read_key
            rows between unbounded preceding and 1 preceding
        )

),

-- Reads in a row that found nothing new are compared with what was usual before them.
streaks as (

    select
        *,
        max(compared_count) filter (where is_changed) over (
            partition by dataset_key, task_key, changed_count
        ) as usual_reads,
        first_value(slot_changed_count + cast(is_changed as integer)) over of_slot as usual_slot_changes,
        first_value(slot_compared_count + cast(is_changed as integer)) over of_slot as usual_slot_reads
    from counted
    window of_slot as (partition by dataset_key, task_key, changed_count, slot order by read_at, input_read_key)

),

-- A run of the past that is made up needs what was due by then.
late as (

    select distinct reads.input_read_key
    from reads
    inner join {{ ref('fct_overdue_inputs') }} as overdue
        on
            reads.dataset_key = overdue.dataset_key
            and reads.needed_at >= overdue.due_at and reads.read_at < overdue.overdue_until

),

excused as (

    select distinct reads.input_read_key
    from reads
    inner join {{ ref('int_dataset_excuses__merged') }} as excuses
        on
            reads.dataset_key = excuses.dataset_key
            and reads.read_at > excuses.starts_at and reads.previous_read_at < excuses.ends_at

),

final as (

    select
        cast(streaks.input_read_key as uuid) as input_read_key,
        cast(streaks.dataset_key as uuid) as dataset_key,
        cast(streaks.task_key as uuid) as task_key,
        cast(streaks.pipeline_key as uuid) as pipeline_key,
        cast(streaks.run_id as text) as run_id,
        cast(streaks.read_at as timestamp) as read_at,
        cast(streaks.last_written_at as timestamp) as last_written_at,
        cast(
            case
                when excused.input_read_key is not null then 'excused'
                when streaks.last_written_at is null then 'unknown'
                when late.input_read_key is not null then 'late'
                when not streaks.is_compared then 'unknown'
                when streaks.is_changed then 'fresh'
                when
                    streaks.usual_slot_reads >= thresholds.minimum_reads
                    and streaks.usual_slot_changes * 100 >= thresholds.always_percent * streaks.usual_slot_reads
                    then 'unchanged'
                when coalesce(streaks.usual_reads, 0) < thresholds.minimum_reads then 'unknown'
                when streaks.changed_count * 100 < thresholds.changed_percent * streaks.usual_reads then 'by_design'
                when
                    streaks.usual_slot_reads >= thresholds.slot_reads
                    and streaks.usual_slot_changes * 100 < thresholds.slot_percent * streaks.usual_slot_reads
                    then 'by_design'
                when
                    streaks.usual_slot_reads < thresholds.slot_reads
                    and streaks.changed_count * 100 < thresholds.always_percent * streaks.usual_reads
                    then 'unknown'
                else 'unchanged'
            end as text
        ) as read_state
    from streaks
    cross join thresholds
    left join late on streaks.input_read_key = late.input_read_key
    left join excused on streaks.input_read_key = excused.input_read_key
    where streaks.is_recent

)

select * from final
