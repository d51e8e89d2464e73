with recursive

edges as (

    select distinct
        upstream_dataset_key,
        downstream_dataset_key
    from {{ ref('int_lineage__edges') }}

),

-- The union drops a pair that was reached twice at one depth, so that paths do not multiply.
reached as (

    select
        upstream_dataset_key,
        downstream_dataset_key,
        1 as depth
    from edges
    union
    select
        reached.upstream_dataset_key,
        edges.downstream_dataset_key,
        reached.depth + 1 as depth
    from reached
    inner join edges on reached.downstream_dataset_key = edges.upstream_dataset_key
    where
        reached.depth < {{ var('lineage_max_depth') }}
        and reached.upstream_dataset_key <> edges.downstream_dataset_key

),

final as (

    select
        cast(upstream_dataset_key as uuid) as upstream_dataset_key,
        cast(downstream_dataset_key as uuid) as downstream_dataset_key,
        cast(min(depth) as integer) as depth
    from reached
    group by 1, 2

)

select * from final
