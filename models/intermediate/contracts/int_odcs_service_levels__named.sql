{{ config(materialized='table') }}

{%- set synonyms = {
    'availability': 'av', 'throughput': 'th', 'errorRate': 'er', 'generalAvailability': 'ga', 'endOfSupport': 'es',
    'endOfLife': 'el', 'retention': 're', 'frequency': 'fy', 'latency': 'ly', 'timeToDetect': 'td',
    'timeToNotify': 'tn', 'timeToRepair': 'tr', 'freshness': none, 'timeOfAvailability': none,
} %}

with

documents as (

    select * from {{ ref('stg_odcs__contracts') }}

),

bound as (

    select * from {{ ref('int_odcs_service_levels__bound') }}

),

service_levels as (

    select
        *,
        case lower(trim(service_level_property))
            {%- for name, synonym in synonyms.items() %}
                when '{{ name | lower }}' then '{{ name }}'
                {%- if synonym %}
                    when '{{ synonym }}' then '{{ name }}'
                {%- endif %}
            {%- endfor %}
            else service_level_property
        end as known_property
    from {{ ref('stg_odcs__service_level_properties') }}

),

numbered as (

    select
        documents.contract_id,
        bound.*,
        service_levels.known_property,
        service_levels.service_level_value,
        service_levels.service_level_value_extension,
        service_levels.unit,
        service_levels.description,
        service_levels.scheduler,
        service_levels.schedule,
        row_number() over (
            partition by bound.document_key, bound.object_name, service_levels.known_property
            order by bound.service_level_index
        ) as occurrence
    from bound
    inner join documents on bound.document_key = documents.document_key
    inner join service_levels
        on
            bound.document_key = service_levels.document_key
            and bound.service_level_index = service_levels.service_level_index

),

-- Of the parts of a name only the contract's may hold a slash, so that no two names are one.
final as (

    select
        cast(document_key as uuid) as document_key,
        cast(service_level_index as integer) as service_level_index,
        cast(object_index as integer) as object_index,
        cast(object_name as text) as object_name,
        cast(element as text) as element,
        cast(
            contract_id || '/'
            || replace(replace(coalesce(object_name, ''), '%', '%25'), '/', '%2F') || '/'
            || replace(replace(replace(known_property, '%', '%25'), '/', '%2F'), '#', '%23')
            || case when occurrence > 1 then '#' || cast(occurrence as text) else '' end as text
        ) as service_level_name,
        cast(known_property as text) as service_level_property,
        cast(service_level_value as text) as service_level_value,
        cast(service_level_value_extension as text) as service_level_value_extension,
        cast(unit as text) as unit,
        cast(description as text) as description,
        cast(nullif(lower(trim(scheduler)), '') as text) as scheduler,
        cast(nullif(trim(schedule), '') as text) as schedule
    from numbered

)

select * from final
