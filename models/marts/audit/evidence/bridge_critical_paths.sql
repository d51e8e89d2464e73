with recursive

promised as (

    select distinct dataset_key from {{ ref('bridge_delivery_promises') }}
    where is_measured

),

steps as (

    select * from {{ ref('bridge_lineage_steps') }}

),

-- At each depth the longest way to a dataset stands for all, so that ways do not multiply. What is promised itself is
-- as good as its promise, whatever lies above it.
walked as (

    select
        dataset_key,
        dataset_key as upstream_dataset_key,
        0 as depth,
        true as is_awaited,
        cast(0 as double precision) as seconds,
        cast(1 as bigint) as place
    from promised
    union all
    select *
    from (
        select
            walked.dataset_key,
            steps.upstream_dataset_key,
            walked.depth + 1 as depth,
            walked.is_awaited and not steps.is_scheduled as is_awaited,
            walked.seconds + steps.p95_seconds as seconds,
            row_number() over (
                partition by
                    walked.dataset_key, steps.upstream_dataset_key, walked.is_awaited and not steps.is_scheduled
                order by walked.seconds + steps.p95_seconds desc, steps.downstream_dataset_key asc
            ) as place
        from walked
        inner join steps on walked.upstream_dataset_key = steps.downstream_dataset_key
        where walked.depth < {{ var('lineage_max_depth') }} and (walked.depth = 0 or not steps.is_promised)
    ) as ways
    where place = 1

),

final as (

    select
        {{ surrogate_key(['dataset_key', 'upstream_dataset_key']) }} as critical_path_key,
        cast(dataset_key as uuid) as dataset_key,
        cast(upstream_dataset_key as uuid) as upstream_dataset_key,
        cast(min(depth) as integer) as depth,
        cast(max(seconds) as double precision) as longest_seconds,
        cast(max(seconds) filter (where is_awaited) as double precision) as awaited_seconds
    from walked
    group by dataset_key, upstream_dataset_key

)

select * from final
