with

enclosures as (

    select * from {{ ref('bridge_pipeline_enclosures') }}

),

uses as (

    select
        pipeline_key,
        dataset_key,
        max(written_at) as last_written_at,
        cast(null as timestamp) as last_read_at
    from {{ ref('fct_dataset_writes') }}
    group by pipeline_key, dataset_key
    union all
    select
        pipeline_key,
        dataset_key,
        cast(null as timestamp) as last_written_at,
        max(read_at) as last_read_at
    from {{ ref('fct_dataset_reads') }}
    group by pipeline_key, dataset_key

),

-- What a pipeline does that runs inside another, the other does.
attributed as (

    select * from uses
    union all
    select
        enclosures.outer_pipeline_key as pipeline_key,
        uses.dataset_key,
        uses.last_written_at,
        uses.last_read_at
    from uses
    inner join enclosures on uses.pipeline_key = enclosures.inner_pipeline_key

),

final as (

    select
        {{ surrogate_key(['pipeline_key', 'dataset_key']) }} as pipeline_dataset_key,
        cast(pipeline_key as uuid) as pipeline_key,
        cast(dataset_key as uuid) as dataset_key,
        cast(max(last_written_at) as timestamp) as last_written_at,
        cast(max(last_read_at) as timestamp) as last_read_at
    from attributed
    where pipeline_key <> {{ unknown_key() }} and dataset_key <> {{ unknown_key() }}
    group by pipeline_key, dataset_key

)

select * from final
