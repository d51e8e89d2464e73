{{ config(materialized='table') }}

with

changes as (

    select * from {{ ref('int_schema_changes__judged') }}

),

readers as (

    select * from {{ ref('int_schema_changes__read') }}

),

column_lineage as (

    select * from {{ ref('int_column_lineage__resolved') }}

),

-- Who tells nothing of what rows are joined and filtered by does not tell every column that is read; and what is told
-- since a change says nothing of who read a column until then.
told as (

    select
        upstream_dataset_key,
        downstream_dataset_key,
        min(first_seen_at) as told_since
    from column_lineage
    where is_indirect
    group by 1, 2

),

written as (

    select distinct
        pipeline_key,
        task_key,
        upstream_dataset_key,
        downstream_dataset_key
    from {{ ref('int_lineage__edges') }}

),

columns_read as (

    select distinct
        changes.schema_change_key,
        column_lineage.downstream_dataset_key
    from changes
    inner join column_lineage
        on
            changes.dataset_key = column_lineage.upstream_dataset_key
            and column_lineage.upstream_column_name
            in ('', lower(coalesce(changes.column_name_before, changes.column_name)))

),

-- What a task makes of the dataset says which columns it reads, where every such thing is told by column.
joined as (

    select
        changes.schema_change_key,
        readers.pipeline_key,
        readers.task_key,
        readers.read_count,
        readers.last_read_at,
        count(written.downstream_dataset_key) > 0
        and count(written.downstream_dataset_key) = count(told.downstream_dataset_key) as is_told,
        bool_or(columns_read.downstream_dataset_key is not null) as is_reading
    from changes
    inner join readers on changes.dataset_key = readers.dataset_key and changes.changed_at = readers.changed_at
    left join written
        on
            readers.dataset_key = written.upstream_dataset_key
            and readers.pipeline_key = written.pipeline_key
            and readers.task_key = written.task_key
    left join told
        on
            written.upstream_dataset_key = told.upstream_dataset_key
            and written.downstream_dataset_key = told.downstream_dataset_key
            and changes.changed_at > told.told_since
    left join columns_read
        on
            changes.schema_change_key = columns_read.schema_change_key
            and written.downstream_dataset_key = columns_read.downstream_dataset_key
    group by 1, 2, 3, 4, 5

),

final as (

    select
        cast(schema_change_key as uuid) as schema_change_key,
        cast(pipeline_key as uuid) as pipeline_key,
        cast(task_key as uuid) as task_key,
        cast(read_count as bigint) as read_count,
        cast(last_read_at as timestamp) as last_read_at,
        cast(
            case when is_reading or is_told then 'column_lineage' else 'dataset_reads' end as text
        ) as known_by,
        cast(coalesce(is_reading, false) or not is_told as boolean) as is_reader
    from joined

)

select * from final
