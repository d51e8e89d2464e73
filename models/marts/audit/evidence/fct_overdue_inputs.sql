with

read_datasets as (

    select distinct dataset_key from {{ ref('fct_input_reads') }}

),

writers as (

    select distinct
        loads.dataset_key,
        loads.pipeline_key
    from {{ ref('fct_dataset_loads') }} as loads
    inner join read_datasets on loads.dataset_key = read_datasets.dataset_key
    where not loads.is_manual

),

deliveries as (

    select * from {{ ref('fct_deliveries') }}
    where state in ('late', 'missed')

),

-- A dataset's own promise, and the schedule of what writes it.
overdue as (

    select
        deliveries.delivery_key,
        read_datasets.dataset_key,
        deliveries.due_at,
        deliveries.available_at,
        deliveries.next_expected_at
    from deliveries
    inner join read_datasets on deliveries.dataset_key = read_datasets.dataset_key
    union all
    select
        deliveries.delivery_key,
        writers.dataset_key,
        deliveries.due_at,
        deliveries.available_at,
        deliveries.next_expected_at
    from deliveries
    inner join writers on deliveries.pipeline_key = writers.pipeline_key

),

-- One that never came is overdue until the next one is expected.
final as (

    select
        {{ surrogate_key(['delivery_key', 'dataset_key']) }} as overdue_input_key,
        cast(dataset_key as uuid) as dataset_key,
        cast(due_at as timestamp) as due_at,
        cast(coalesce(available_at, greatest(next_expected_at, due_at)) as timestamp) as overdue_until
    from overdue
    where due_at is not null

)

select * from final
