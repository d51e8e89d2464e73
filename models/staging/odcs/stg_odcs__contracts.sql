{{ config(materialized='table') }}

with source as (

    select * from {{ source('odcs', 'contracts') }}

),

parsed as (

    select
        *,
        {{ json_parse('document', {
            'description': {'purpose': 'text', 'usage': 'text', 'limitations': 'text'},
            'slaDefaultElement': 'text', 'team': 'json', 'schema': 'json', 'servers': 'json', 'slaProperties': 'json',
        }) }} as contract
    from source

),

teamed as (

    select
        *,
        {{ json_parse(json_field('contract', ['team']), {'name': 'text', 'members': 'json'}) }} as team
    from parsed

),

final as (

    select
        {{ surrogate_key(['_source_name', '_source_file', '_loaded_at', 'document_index']) }} as document_key,
        cast(_source_name as text) as source_name,
        cast(_source_file as text) as source_file,
        cast(document_index as integer) as document_index,
        cast(line_number as bigint) as line_number,
        cast(document_sha256 as text) as document_sha256,
        cast(api_version as text) as api_version,
        cast(contract_id as text) as contract_id,
        cast(contract_version as text) as contract_version,
        cast(lower(status) as text) as contract_status,
        cast(name as text) as contract_name,
        cast(domain as text) as domain_name,
        cast(tenant as text) as tenant_name,
        cast(data_product as text) as data_product_name,
        cast({{ json_field_text('contract', ['description', 'purpose']) }} as text) as purpose,
        cast({{ json_field_text('contract', ['description', 'usage']) }} as text) as usage,
        cast({{ json_field_text('contract', ['description', 'limitations']) }} as text) as limitations,
        cast({{ json_field_text('team', ['name']) }} as text) as team_name,
        cast({{ json_field_text('contract', ['slaDefaultElement']) }} as text) as service_level_default_element,
        cast({{ parse_timestamp('contract_created_ts') }} as timestamp) as contract_created_at,
        cast({{ json_field('contract', ['schema']) }} as json) as schema_objects,
        cast({{ json_field('contract', ['servers']) }} as json) as servers,
        cast({{ json_field('contract', ['slaProperties']) }} as json) as service_level_properties,
        -- Before 3.1.0 the team was the list of its members.
        cast(coalesce(
            {{ json_field('team', ['members']) }}, {{ json_field('contract', ['team']) }}
        ) as json) as team_members,
        cast(_loaded_at as timestamp) as loaded_at
    from teamed

)

select * from final
