{{ config(materialized='table') }}

with

said as (

    select * from {{ ref('int_column_lineage__from_openlineage') }}

),

datasets as (

    select * from {{ ref('int_datasets__resolved') }}

),

-- Stores fold the letter case of columns; the empty name stands for every column.
final as (

    select
        cast(inputs.dataset_key as uuid) as upstream_dataset_key,
        cast(lower(coalesce(said.input_column_name, '')) as text) as upstream_column_name,
        cast(outputs.dataset_key as uuid) as downstream_dataset_key,
        cast(lower(coalesce(said.column_name, '')) as text) as downstream_column_name,
        bool_or(said.influence = 'indirect') as is_indirect,
        cast(min(said.first_seen_at) as timestamp) as first_seen_at,
        cast(max(said.last_seen_at) as timestamp) as last_seen_at
    from said
    inner join datasets as inputs
        on said.input_namespace = inputs.dataset_namespace and said.input_name = inputs.dataset_name
    inner join datasets as outputs
        on said.dataset_namespace = outputs.dataset_namespace and said.dataset_name = outputs.dataset_name
    where inputs.dataset_key <> outputs.dataset_key
    group by 1, 2, 3, 4

)

select * from final
