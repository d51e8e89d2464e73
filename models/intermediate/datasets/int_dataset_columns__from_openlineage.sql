with

event_datasets as (

    select * from {{ ref('stg_openlineage__event_datasets') }}
    where schema_md5 is not null

),

ranked as (

    select
        event_key,
        role,
        dataset_index,
        row_number() over (
            partition by source_name, schema_md5
            order by event_at, event_key, role, dataset_index
        ) as place
    from event_datasets

),

schemas as (

    select
        event_datasets.source_name,
        event_datasets.schema_md5,
        {{ json_parse('event_datasets.schema_fields', [{'name': 'text', 'type': 'text'}]) }} as fields
    from event_datasets
    inner join ranked
        on
            event_datasets.event_key = ranked.event_key
            and event_datasets.role = ranked.role
            and event_datasets.dataset_index = ranked.dataset_index
    where ranked.place = 1

),

final as (

    select
        cast(schemas.source_name as text) as source_name,
        cast(schemas.schema_md5 as text) as schema_md5,
        cast({{ json_field_text('fields.element', ['name']) }} as text) as column_name,
        cast({{ json_field_text('fields.element', ['type']) }} as text) as data_type,
        cast(fields.element_index as integer) as ordinal
    from schemas
    {{ json_list_elements('schemas.fields', 'fields') }}
    where {{ json_field_text('fields.element', ['name']) }} is not null

)

select * from final
