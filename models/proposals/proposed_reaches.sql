with recursive

changes as (

    select
        proposed_change_key,
        dataset_key,
        case
            when clause_kind is null and column_name is not null then lower(coalesce(column_name_before, column_name))
            else ''
        end as column_name
    from {{ ref('proposed_changes') }}
    where dataset_key is not null and is_breaking is distinct from false

),

column_lineage as (

    select * from {{ ref('bridge_column_lineage') }}

),

-- Who tells nothing of what rows are joined and filtered by does not tell every column that is read.
told as (

    select distinct
        upstream_dataset_key,
        downstream_dataset_key
    from column_lineage
    where is_indirect

),

-- The empty name stands for every column. Where the columns are not told, every one of them may be read.
edges as (

    select
        upstream_dataset_key,
        upstream_column_name,
        downstream_dataset_key,
        downstream_column_name
    from column_lineage
    union all
    select
        lineage.upstream_dataset_key,
        '' as upstream_column_name,
        lineage.downstream_dataset_key,
        '' as downstream_column_name
    from {{ ref('bridge_lineage') }} as lineage
    left join told
        on
            lineage.upstream_dataset_key = told.upstream_dataset_key
            and lineage.downstream_dataset_key = told.downstream_dataset_key
    where lineage.depth = 1 and told.upstream_dataset_key is null

),

reached as (

    select
        changes.proposed_change_key,
        changes.dataset_key,
        changes.column_name,
        0 as depth
    from changes
    union
    select
        reached.proposed_change_key,
        edges.downstream_dataset_key as dataset_key,
        edges.downstream_column_name as column_name,
        reached.depth + 1 as depth
    from reached
    inner join edges
        on
            reached.dataset_key = edges.upstream_dataset_key
            and (
                reached.column_name = edges.upstream_column_name
                or reached.column_name = ''
                or edges.upstream_column_name = ''
            )
    where reached.depth < {{ var('lineage_max_depth') }}

),

final as (

    select
        cast(proposed_change_key as uuid) as proposed_change_key,
        cast(dataset_key as uuid) as dataset_key,
        cast(min(depth) as integer) as depth
    from reached
    group by 1, 2

)

select * from final
