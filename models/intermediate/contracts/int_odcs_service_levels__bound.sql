{{ config(materialized='table') }}

with

objects as (

    select
        document_key,
        object_name,
        min(object_index) as object_index,
        count(*) over (partition by document_key) as object_count
    from {{ ref('stg_odcs__schema_objects') }}
    group by 1, 2

),

service_levels as (

    select
        *,
        coalesce(trim(element), '') = '' as is_of_all
    from {{ ref('stg_odcs__service_level_properties') }}

),

elements as (

    select
        document_key,
        service_level_index,
        unnest(string_to_array(element, ',')) as element
    from service_levels
    where not is_of_all

),

-- The name of the only object may be left out, and that of every object.
of_objects as (

    select
        elements.document_key,
        elements.service_level_index,
        trim(elements.element) as element,
        coalesce(objects.object_name, split_part(trim(elements.element), '.', 1)) as object_name,
        objects.object_index
    from elements
    left join objects
        on
            elements.document_key = objects.document_key
            and (
                split_part(trim(elements.element), '.', 1) = objects.object_name
                or (objects.object_count = 1 and elements.element not like '%.%')
            )
    union all
    select
        service_levels.document_key,
        service_levels.service_level_index,
        cast(null as text) as element,
        objects.object_name,
        objects.object_index
    from service_levels
    left join objects on service_levels.document_key = objects.document_key
    where service_levels.is_of_all

),

final as (

    select
        cast(document_key as uuid) as document_key,
        cast(service_level_index as integer) as service_level_index,
        cast(object_name as text) as object_name,
        cast(min(object_index) as integer) as object_index,
        cast(string_agg(element, ', ' order by element) as text) as element
    from of_objects
    group by 1, 2, 3

)

select * from final
