{{ config(materialized='table') }}

with source as (

    select * from {{ source('dbt', 'catalog_nodes') }}

),

parsed as (

    select
        _source_name as source_name,
        artifact_id,
        section,
        unique_id,
        {{ json_parse('node', {
            'metadata': {
                'type': 'text',
                'database': 'text',
                'schema': 'text',
                'name': 'text',
            },
            'columns': 'json',
        }) }} as node
    from source

),

entries as (

    select
        parsed.source_name,
        parsed.artifact_id,
        parsed.section,
        parsed.unique_id,
        parsed.node,
        entry.entry_name,
        {{ json_parse('entry.entry_value', {
            'name': 'text', 'type': 'text', 'index': 'text',
        }) }} as catalog_column
    from parsed
    {{ json_object_entries(json_field('parsed.node', ['columns']), 'entry') }}

),

final as (

    select
        cast(source_name as text) as source_name,
        cast(artifact_id as text) as artifact_id,
        cast(section as text) as section,
        cast(unique_id as text) as unique_id,
        cast({{ json_field_text('node', ['metadata', 'database']) }} as text) as database_name,
        cast({{ json_field_text('node', ['metadata', 'schema']) }} as text) as schema_name,
        cast({{ json_field_text('node', ['metadata', 'name']) }} as text) as relation_identifier,
        cast({{ json_field_text('node', ['metadata', 'type']) }} as text) as relation_type,
        cast(
            coalesce({{ json_field_text('catalog_column', ['name']) }}, entry_name) as text
        ) as column_name,
        cast({{ json_field_text('catalog_column', ['type']) }} as text) as column_type,
        cast({{ to_bigint(json_field_text('catalog_column', ['index'])) }} as bigint)
            as column_index
    from entries

)

select * from final
