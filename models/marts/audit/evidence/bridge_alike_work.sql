with
thresholds as (
    {{ subject_thresholds('DJ02', ['maximum_group', 'minimum_runs']) }}
),

-- A snapshot keeps the history of what a model shows as it is, and a sandbox is there to do things twice.
work as (
    select
        work.*,
        {{ threshold('maximum_group') }} as maximum_group,
        row_number() over (
            order by
                case when work.team_key = {{ unknown_key() }} then 2 else 1 end asc, work.reader_count desc,
                work.first_written_at asc, work.subject_name asc, work.task_key asc
        ) as preference
    from {{ ref('fct_task_work') }} as work
    {{ join_thresholds('work.task_key') }}
    where
        not work.is_sandbox
        and not work.is_snapshot
        and work.input_md5 is not null
        and work.run_count >= {{ threshold('minimum_runs') }}
),

keyed as (
    select
        *,
        'D2' as grade,
        input_md5 || sql_md5 as work_name
    from work
    where sql_md5 is not null
    union all
    select
        *,
        'D3' as grade,
        input_md5 || checksum || source_name as work_name
    from work
    where checksum is not null
    union all
    select
        *,
        'D4' as grade,
        input_md5 as work_name
    from work
),

grouped as (
    select
        *,
        coalesce(kept_apart_by, '') as apart,
        count(*) over (partition by grade, work_name, coalesce(kept_apart_by, '')) as group_size,
        min(preference) over (partition by grade, work_name, coalesce(kept_apart_by, '')) as best_preference
    from keyed
),

-- What many read tells nothing of what they make of it.
members as (
    select * from grouped
    where grade <> 'D4' or group_size <= maximum_group
),

-- What does exactly the same is held against the one that is kept.
kept as (
    select * from members
    where grade = 'D4' or preference = best_preference
),

pairs as (
    select
        members.*,
        kept.task_key as kept_task_key,
        kept.output_md5 as kept_output_md5,
        kept.pipeline_name as kept_pipeline_name,
        kept.task_name as kept_task_name
    from members
    inner join kept
        on
            members.grade = kept.grade
            and members.work_name = kept.work_name
            and members.apart = kept.apart
            and members.preference > kept.preference
),

-- The same name in another place is the same job in another environment.
final as (
    select
        {{ surrogate_key(['task_key', 'kept_task_key', 'grade']) }} as alike_work_key,
        cast(task_key as uuid) as task_key,
        cast(kept_task_key as uuid) as kept_task_key,
        cast(grade as text) as grade
    from pairs
    where
        output_md5 <> kept_output_md5
        and (pipeline_name <> kept_pipeline_name or task_name <> kept_task_name)
)

select * from final
