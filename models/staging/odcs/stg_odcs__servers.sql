{{ config(materialized='table') }}

with contracts as (

    select * from {{ ref('stg_odcs__contracts') }}

),

servers as (

    select
        contracts.document_key,
        server.element_index as server_index,
        server.element as server
    from contracts
    {{ json_array_elements('contracts.servers', 'server', {
        'server': 'text', 'type': 'text', 'environment': 'text', 'description': 'text', 'host': 'text',
        'port': 'text', 'account': 'text', 'project': 'text', 'catalog': 'text', 'database': 'text',
        'dataset': 'text', 'schema': 'text', 'location': 'text', 'path': 'text', 'format': 'text',
        'serviceName': 'text',
    }) }}

),

final as (

    select
        cast(document_key as uuid) as document_key,
        cast(server_index as integer) as server_index,
        cast({{ json_field_text('server', ['server']) }} as text) as server_name,
        cast(lower({{ json_field_text('server', ['type']) }}) as text) as server_type,
        cast(lower({{ json_field_text('server', ['environment']) }}) as text) as environment,
        cast({{ json_field_text('server', ['description']) }} as text) as description,
        cast({{ json_field_text('server', ['host']) }} as text) as host,
        cast({{ json_field_text('server', ['port']) }} as text) as port,
        cast({{ json_field_text('server', ['account']) }} as text) as account,
        cast({{ json_field_text('server', ['project']) }} as text) as project_name,
        cast({{ json_field_text('server', ['catalog']) }} as text) as catalog_name,
        cast(coalesce(
            {{ json_field_text('server', ['database']) }}, {{ json_field_text('server', ['serviceName']) }}
        ) as text) as database_name,
        cast({{ json_field_text('server', ['dataset']) }} as text) as dataset_name,
        cast({{ json_field_text('server', ['schema']) }} as text) as schema_name,
        cast({{ json_field_text('server', ['location']) }} as text) as location,
        cast({{ json_field_text('server', ['path']) }} as text) as path,
        cast({{ json_field_text('server', ['format']) }} as text) as format
    from servers

)

select * from final
