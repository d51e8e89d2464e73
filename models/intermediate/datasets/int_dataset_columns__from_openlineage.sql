{{ config(materialized='incremental', unique_key=['source_name', 'schema_md5']) }}

{%- set place = ['told_at', 'event_key', 'role', 'dataset_index'] %}

with

event_datasets as (

    select
        *,
        event_at as told_at
    from {{ ref('stg_openlineage__event_datasets') }}
    {{ only_loaded_since('loaded_at') }}

),

ranked as (

    select
        source_name,
        schema_md5,
        {{ place | join(', ') }},
        row_number() over (
            partition by source_name, schema_md5
            order by {{ place | join(', ') }}
        ) as telling
    from event_datasets
    where schema_md5 is not null

),

{% if is_incremental() -%}
    known as (

        select distinct
            source_name,
            schema_md5,
            {{ place | join(', ') }}
        from {{ this }}

    ),
{%- endif %}

-- Letter cases differ from event to event: the first one's spelling holds.
first_told as (

    select ranked.*
    from ranked
    {%- if is_incremental() %}
    left join known
        on ranked.source_name = known.source_name and ranked.schema_md5 = known.schema_md5
    {%- endif %}
    where
        ranked.telling = 1
        {%- if is_incremental() %}
            and (
                known.schema_md5 is null
                or (ranked.{{ place | join(', ranked.') }}) < (known.{{ place | join(', known.') }})
            )
        {%- endif %}

),

-- An event may come twice.
schemas as (

    select
        first_told.source_name,
        first_told.schema_md5,
        {%- for column in place %}
            first_told.{{ column }},
        {%- endfor %}
        max(event_datasets.loaded_at) as loaded_at,
        max(cast(event_datasets.schema_fields as text)) as schema_fields
    from event_datasets
    inner join first_told
        on
            event_datasets.source_name = first_told.source_name
            and event_datasets.event_key = first_told.event_key
            and event_datasets.role = first_told.role
            and event_datasets.dataset_index = first_told.dataset_index
    group by 1, 2, 3, 4, 5, 6

),

parsed as (

    select
        *,
        {{ json_parse('schema_fields', [{'name': 'text', 'type': 'text'}]) }} as fields
    from schemas

),

final as (

    select
        cast(parsed.source_name as text) as source_name,
        cast(parsed.schema_md5 as text) as schema_md5,
        cast({{ json_field_text('fields.element', ['name']) }} as text) as column_name,
        cast({{ json_field_text('fields.element', ['type']) }} as text) as data_type,
        cast(fields.element_index as integer) as ordinal,
        cast(parsed.told_at as timestamp) as told_at,
        cast(parsed.event_key as uuid) as event_key,
        cast(parsed.role as text) as role,
        cast(parsed.dataset_index as integer) as dataset_index,
        cast(parsed.loaded_at as timestamp) as loaded_at
    from parsed
    {{ json_list_elements('parsed.fields', 'fields') }}
    where {{ json_field_text('fields.element', ['name']) }} is not null

)

select * from final
