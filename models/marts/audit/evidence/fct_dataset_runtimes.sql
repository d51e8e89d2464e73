with

arrivals as (

    select * from {{ ref('fct_dataset_arrivals') }}
    where runtime_seconds is not null

),

final as (

    select
        {{ surrogate_key(['dataset_key', 'pipeline_key']) }} as dataset_runtime_key,
        cast(dataset_key as uuid) as dataset_key,
        cast(pipeline_key as uuid) as pipeline_key,
        cast(count(*) as bigint) as run_count,
        cast(percentile_cont(0.95) within group (order by runtime_seconds) as double precision) as p95_seconds
    from arrivals
    group by dataset_key, pipeline_key

)

select * from final
