with

sightings as (

    select * from {{ ref('stg_openlineage__event_datasets') }}
    where schema_md5 is not null

),

-- Before the end of a run its schemas are those that it found, so they count only where it has no end.
ends as (

    select
        source_name,
        run_id,
        dataset_namespace,
        dataset_name
    from sightings
    where is_terminal and run_id is not null
    group by 1, 2, 3, 4

),

final as (

    select
        cast(sightings.dataset_namespace as text) as dataset_namespace,
        cast(sightings.dataset_name as text) as dataset_name,
        cast('openlineage' as text) as feed,
        cast(sightings.source_name as text) as source_name,
        cast(sightings.producer_name as text) as observer,
        cast(sightings.event_at as timestamp) as seen_at,
        cast(sightings.schema_md5 as text) as schema_md5
    from sightings
    left join ends
        on
            sightings.source_name = ends.source_name
            and sightings.run_id = ends.run_id
            and sightings.dataset_namespace = ends.dataset_namespace
            and sightings.dataset_name = ends.dataset_name
    where sightings.is_terminal or ends.run_id is null
    group by 1, 2, 3, 4, 5, 6, 7

)

select * from final
