with

alike as (

    select
        alike.alike_work_key,
        work.output_dataset_key,
        kept.output_dataset_key as kept_output_dataset_key
    from {{ ref('bridge_alike_work') }} as alike
    inner join {{ ref('fct_task_work') }} as work on alike.task_key = work.task_key
    inner join {{ ref('fct_task_work') }} as kept on alike.kept_task_key = kept.task_key
    where alike.grade = 'D4'

),

columns as (

    select distinct
        dataset_key,
        lower(column_name) as column_name
    from {{ ref('dim_columns') }}
    where is_current and not is_unknown and is_retired is not true

),

column_counts as (

    select
        dataset_key,
        count(*) as column_count
    from columns
    group by 1

),

common_columns as (

    select
        alike.alike_work_key,
        count(*) as common_count
    from alike
    inner join columns on alike.output_dataset_key = columns.dataset_key
    inner join columns as kept_columns
        on
            alike.kept_output_dataset_key = kept_columns.dataset_key
            and columns.column_name = kept_columns.column_name
    group by 1

),

final as (

    select
        cast(alike.alike_work_key as uuid) as alike_work_key,
        cast(common_columns.common_count as bigint) as common_count,
        cast(counts.column_count + kept_counts.column_count - common_columns.common_count as bigint) as column_count
    from alike
    inner join common_columns on alike.alike_work_key = common_columns.alike_work_key
    inner join column_counts as counts on alike.output_dataset_key = counts.dataset_key
    inner join column_counts as kept_counts on alike.kept_output_dataset_key = kept_counts.dataset_key

)

select * from final
