-- depends_on: {{ ref('dim_datasets') }}
-- depends_on: {{ ref('dim_tasks') }}
with

closure as (

    select * from {{ ref('int_lineage__closed') }}

),

edges as (

    select * from {{ ref('int_lineage__edges') }}

),

direct as (

    select
        upstream_dataset_key,
        downstream_dataset_key,
        (array_agg(task_key order by last_seen_at desc nulls last, task_key asc))[1] as task_key,
        count(*) as task_count,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from edges
    group by 1, 2

),

final as (

    select
        {{ surrogate_key(['closure.upstream_dataset_key', 'closure.downstream_dataset_key']) }} as lineage_key,
        cast(closure.upstream_dataset_key as uuid) as upstream_dataset_key,
        cast(closure.downstream_dataset_key as uuid) as downstream_dataset_key,
        cast(closure.depth as integer) as depth,
        cast(coalesce(direct.task_key, {{ unknown_key() }}) as uuid) as task_key,
        cast(coalesce(direct.task_count, 0) as bigint) as task_count,
        cast(direct.first_seen_at as timestamp) as first_seen_at,
        cast(direct.last_seen_at as timestamp) as last_seen_at
    from closure
    left join direct
        on
            closure.upstream_dataset_key = direct.upstream_dataset_key
            and closure.downstream_dataset_key = direct.downstream_dataset_key

)

select * from final
