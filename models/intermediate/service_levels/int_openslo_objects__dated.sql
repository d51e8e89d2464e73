with

objects as (

    select * from {{ ref('stg_openslo__objects') }}

),

files as (

    select * from {{ ref('stg_openslo__files') }}

),

-- Where two files, or a file twice, deliver one object in one load, the last counts.
ranked as (

    select
        *,
        row_number() over (
            partition by source_name, kind, object_name, load_id
            order by source_file desc, object_number desc
        ) as delivery_rank
    from objects

),

deliveries as (

    select
        *,
        lag(loaded_at) over (partition by source_name, kind, object_name order by loaded_at) as previous_loaded_at,
        lead(loaded_at) over (partition by source_name, kind, object_name order by loaded_at) as next_loaded_at
    from ranked
    where delivery_rank = 1

),

-- A state with mistakes may lack an object that was meant to be there.
successors as (

    select
        deliveries.source_name,
        deliveries.source_file,
        deliveries.load_id,
        deliveries.object_number,
        min(files.loaded_at) as superseded_at
    from deliveries
    inner join files
        on
            deliveries.source_name = files.source_name
            and deliveries.source_file = files.source_file
            and deliveries.loaded_at < files.loaded_at
    where files.is_gone or files.rejected_count = 0
    group by 1, 2, 3, 4

),

final as (

    select
        cast(deliveries.source_name as text) as source_name,
        cast(deliveries.source_file as text) as source_file,
        cast(deliveries.load_id as text) as load_id,
        cast(deliveries.object_number as bigint) as object_number,
        cast(deliveries.kind as text) as kind,
        cast(deliveries.object_name as text) as object_name,
        cast(
            case
                when deliveries.previous_loaded_at is null then cast('1900-01-01' as timestamp)
                else deliveries.loaded_at
            end as timestamp
        ) as valid_from,
        cast(
            coalesce(
                least(deliveries.next_loaded_at, successors.superseded_at), cast('9999-12-31' as timestamp)
            ) as timestamp
        ) as valid_to
    from deliveries
    left join successors
        on
            deliveries.source_name = successors.source_name
            and deliveries.source_file = successors.source_file
            and deliveries.load_id = successors.load_id
            and deliveries.object_number = successors.object_number

)

select * from final
