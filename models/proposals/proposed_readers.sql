{%- set task = ['dataset_key', 'pipeline_key', 'task_key'] %}

with

reached as (

    select * from {{ ref('proposed_reaches') }}

),

-- Facts grow with time, and few of their rows are asked for.
reads as (

    select distinct {{ task | join(', ') }}
    from {{ ref('fct_dataset_reads') }}
    where dataset_key in (select reached.dataset_key from reached)

),

writes as (

    select distinct {{ task | join(', ') }}
    from {{ ref('fct_dataset_writes') }}
    where task_key in (select reads.task_key from reads)

),

-- Who tells nothing of what rows are joined and filtered by does not tell every column that is read.
told as (

    select distinct
        upstream_dataset_key,
        downstream_dataset_key
    from {{ ref('bridge_column_lineage') }}
    where is_indirect

),

-- Who writes what changes and reads what was there is no reader of it; nor is who is known to read other columns of it.
readers as (

    select
        reached.proposed_change_key,
        reads.pipeline_key,
        reads.task_key,
        reads.dataset_key,
        min(reached.depth) as depth
    from reached
    inner join reads on reached.dataset_key = reads.dataset_key
    left join writes
        on
            reads.dataset_key = writes.dataset_key
            and reads.pipeline_key = writes.pipeline_key
            and reads.task_key = writes.task_key
    where writes.dataset_key is null
    group by 1, 2, 3, 4

),

of_columns as (

    select
        readers.proposed_change_key,
        readers.pipeline_key,
        readers.depth
    from readers
    left join writes on readers.pipeline_key = writes.pipeline_key and readers.task_key = writes.task_key
    left join told
        on readers.dataset_key = told.upstream_dataset_key and writes.dataset_key = told.downstream_dataset_key
    left join reached
        on
            readers.proposed_change_key = reached.proposed_change_key
            and writes.dataset_key = reached.dataset_key
            and reached.depth > 0
    where told.upstream_dataset_key is null or reached.dataset_key is not null

),

final as (

    select
        cast(proposed_change_key as uuid) as proposed_change_key,
        cast(pipeline_key as uuid) as pipeline_key,
        cast(min(depth) as integer) as depth
    from of_columns
    group by 1, 2

)

select * from final
