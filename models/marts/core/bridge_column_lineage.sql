-- depends_on: {{ ref('dim_datasets') }}
with

column_lineage as (

    select * from {{ ref('int_column_lineage__resolved') }}

),

final as (

    select
        {{ surrogate_key([
            'upstream_dataset_key', 'upstream_column_name', 'downstream_dataset_key', 'downstream_column_name',
        ]) }} as column_lineage_key,
        cast(upstream_dataset_key as uuid) as upstream_dataset_key,
        cast(upstream_column_name as text) as upstream_column_name,
        cast(downstream_dataset_key as uuid) as downstream_dataset_key,
        cast(downstream_column_name as text) as downstream_column_name,
        cast(is_indirect as boolean) as is_indirect,
        cast(first_seen_at as timestamp) as first_seen_at,
        cast(last_seen_at as timestamp) as last_seen_at
    from column_lineage

)

select * from final
