with source as (

    select * from {{ source('openslo', 'objects') }}

),

parsed as (

    select
        *,
        {{ json_parse('object', {
            'metadata': {'displayName': 'text'},
            'spec': {'description': 'text'},
        }) }} as doc
    from source

),

final as (

    select
        cast(_source_name as text) as source_name,
        cast(_source_file as text) as source_file,
        cast(_load_id as text) as load_id,
        cast(object_number as bigint) as object_number,
        cast(line_number as bigint) as line_number,
        cast(api_version as text) as api_version,
        cast(kind as text) as kind,
        cast(object_name as text) as object_name,
        cast({{ json_field_text('doc', ['metadata', 'displayName']) }} as text) as display_name,
        cast({{ json_field_text('doc', ['spec', 'description']) }} as text) as description,
        cast(_loaded_at as timestamp) as loaded_at
    from parsed

)

select * from final
