with

dataset_writes as (

    select * from {{ ref('fct_dataset_writes') }}
    where is_successful

),

datasets as (

    select * from {{ ref('dim_datasets_current') }}
    where not is_unknown

),

as_of as (

    select * from {{ ref('int_sources__as_of') }}

),

-- The newest instant of the sources that tell of its writes, and no other: where they are silent, it is silent.
clocks as (

    select
        dataset_writes.dataset_key,
        max(as_of.as_of_at) as as_of_at
    from dataset_writes
    inner join as_of on dataset_writes.source_name = as_of.source_name
    group by 1

),

last_writes as (

    select
        dataset_writes.dataset_key,
        max(dataset_writes.written_at) as last_written_at
    from dataset_writes
    inner join clocks on dataset_writes.dataset_key = clocks.dataset_key
    where dataset_writes.written_at <= clocks.as_of_at
    group by 1

),

final as (

    select
        cast(datasets.dataset_key as uuid) as dataset_key,
        cast(datasets.team_key as uuid) as team_key,
        cast(datasets.source_name as text) as source_name,
        cast(datasets.subject_name as text) as subject_name,
        cast(last_writes.last_written_at as timestamp) as last_written_at,
        cast(clocks.as_of_at as timestamp) as as_of_at
    from datasets
    inner join clocks on datasets.dataset_key = clocks.dataset_key
    inner join last_writes on datasets.dataset_key = last_writes.dataset_key

)

select * from final
