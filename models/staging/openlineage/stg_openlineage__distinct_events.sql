with

deliveries as (

    select * from {{ source('openlineage', 'events') }}

),

-- Imported apart, so that the whole events are streamed and only these are held in memory.
delivery_keys as (

    select
        event_md5,
        producer
    from {{ source('openlineage', 'events') }}

),

repeated as (

    select event_md5
    from delivery_keys
    group by 1
    having count(*) > 1

),

repeated_deliveries as (

    select
        deliveries.*,
        row_number() over (
            partition by deliveries._source_name, deliveries.event_md5
            order by deliveries._loaded_at, deliveries._load_id, deliveries._source_file
        ) as delivery_number
    from {{ source('openlineage', 'events') }} as deliveries
    inner join repeated on deliveries.event_md5 = repeated.event_md5

),

first_deliveries as (

    select
        deliveries.*,
        cast(1 as bigint) as delivery_number
    from deliveries
    left join repeated on deliveries.event_md5 = repeated.event_md5
    where repeated.event_md5 is null

    union all

    select * from repeated_deliveries
    where delivery_number = 1

),

-- Producers are few, so their addresses are taken apart once each.
producers as (

    select
        producer,
        regexp_replace(
            regexp_replace(
                regexp_replace(producer, '^https?://(github\.com/)?', ''), '/(tree|blob)/', '/'
            ),
            '/v?[0-9]+[.-][0-9]+[^/]*', ''
        ) as producer_name,
        case
            when producer ~ '^.*/v?[0-9]+[.-][0-9]+[^/]*(/.*)?$'
                then regexp_replace(producer, '^.*/v?([0-9]+[.-][0-9]+[^/]*)(/.*)?$', '\1')
        end as producer_version
    from delivery_keys
    group by 1

),

final as (

    select
        cast(first_deliveries._source_name as text) as source_name,
        cast(first_deliveries.event_md5 as text) as event_md5,
        cast(first_deliveries.event_kind as text) as event_kind,
        cast(first_deliveries.event_type as text) as event_type,
        cast(first_deliveries.event_time as timestamp) as event_at,
        cast(producers.producer_name as text) as producer_name,
        cast(producers.producer_version as text) as producer_version,
        cast(first_deliveries.run_id as text) as run_id,
        cast(first_deliveries.job_namespace as text) as job_namespace,
        cast(first_deliveries.job_name as text) as job_name,
        first_deliveries.event,
        cast(first_deliveries._loaded_at as timestamp) as loaded_at
    from first_deliveries
    left join producers
        on first_deliveries.producer = producers.producer

)

select * from final
